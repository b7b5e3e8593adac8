package dev.tidegate.ratelimit;

import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Identity;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.PerRoute;
import dev.tidegate.policy.Policy;
import dev.tidegate.problem.Problem;
import dev.tidegate.ratelimit.RateLimits.Limit;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** Takes a token for each request, or refuses it and says when to come back. */
public final class RateLimiting implements Policy {
  private static final CharSequence RATE_LIMIT = HttpHeaders.createOptimized("ratelimit");
  private static final CharSequence POLICY = HttpHeaders.createOptimized("ratelimit-policy");
  private static final CharSequence RETRY_AFTER = HttpHeaders.createOptimized("retry-after");

  private final RateLimits limits;
  private final PerRoute<@Nullable Limit> limitOf;
  private final PerRoute<String> idOf;

  /**
   * Fails when a route names a limit that is not configured.
   *
   * @param names of the routes' limits; null for the default one
   * @param ids of the routes
   */
  public RateLimiting(RateLimits limits, PerRoute<@Nullable String> names, PerRoute<String> ids) {
    this.limits = limits;
    this.limitOf = names.map(limits::limit);
    this.idOf = ids;
  }

  @Override
  public void apply(Exchange exchange, Next next) {
    Limit limit = limitOf.of(exchange);
    if (limit == null) {
      next.proceed();
      return;
    }
    long now = limits.now();
    TokenBucket bucket = limit.bucket(key(limit.config.by(), exchange), now);
    long left = bucket.tryTake(now);
    MultiMap headers = exchange.responseHeaders();
    headers.set(POLICY, limit.policy);
    if (left >= 0) {
      headers.set(RATE_LIMIT, state(limit, left, bucket.secondsToFull()));
      next.proceed();
      return;
    }
    long seconds = Math.max(1, (-left + 999_999_999L) / 1_000_000_000L);
    headers.set(RATE_LIMIT, state(limit, 0, seconds));
    headers.set(RETRY_AFTER, Long.toString(seconds));
    exchange.refuse(
        Problem.RATE_LIMITED, "the limit " + limit.config.name() + " is used up; see Retry-After");
  }

  private static String state(Limit limit, long left, long seconds) {
    return "\"" + limit.config.name() + "\";r=" + left + ";t=" + seconds;
  }

  private String key(RateLimitConfig.By by, Exchange exchange) {
    @Nullable Identity identity = exchange.identity();
    return switch (by) {
      case CONSUMER -> identity == null ? exchange.client() : identity.consumer();
      case ADDRESS -> exchange.client();
      case ROUTE -> idOf.of(exchange);
    };
  }
}
