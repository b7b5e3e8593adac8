package dev.tidegate.ratelimit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The limits and buckets of one node, shared by its event loops. The number of buckets is bounded;
 * one that is pushed out begins anew, which favours the caller.
 */
public final class RateLimits {
  private static final int MAX_BUCKETS = 100_000;

  /** One limit with its buckets. */
  static final class Limit {
    final RateLimitConfig config;
    final String policy;
    private final Cache<String, TokenBucket> buckets =
        Caffeine.newBuilder().maximumSize(MAX_BUCKETS).build();

    Limit(RateLimitConfig config) {
      this.config = config;
      this.policy = policy(config);
    }

    TokenBucket bucket(String key, long now) {
      TokenBucket bucket = buckets.getIfPresent(key);
      return bucket != null ? bucket : buckets.get(key, k -> create(now));
    }

    private TokenBucket create(long now) {
      return new TokenBucket(config.rate(), config.burst(), now);
    }

    /** As in the RateLimit header fields draft: quota and window in seconds. */
    private static String policy(RateLimitConfig config) {
      int quota = config.burst();
      long window = Math.max(1, Math.round(quota / config.rate()));
      return "\"" + config.name() + "\";q=" + quota + ";w=" + window;
    }
  }

  private final Map<String, Limit> limits = new HashMap<>();
  private final LongSupplier nanos;

  public RateLimits(List<RateLimitConfig> configs, LongSupplier nanos) {
    this.nanos = nanos;
    for (RateLimitConfig config : configs) {
      if (limits.put(config.name(), new Limit(config)) != null) {
        throw new IllegalArgumentException(
            "rateLimits.name: " + config.name() + " (expected each name once)");
      }
    }
  }

  /** Null when the route has no limit; a name that is not configured fails. */
  @Nullable Limit limit(@Nullable String name) {
    Limit limit = limits.get(name == null ? RateLimitConfig.DEFAULT : name);
    if (limit == null && name != null) {
      throw new IllegalArgumentException(
          "rateLimit: " + name + " (expected one of " + limits.keySet() + ")");
    }
    return limit;
  }

  long now() {
    return nanos.getAsLong();
  }
}
