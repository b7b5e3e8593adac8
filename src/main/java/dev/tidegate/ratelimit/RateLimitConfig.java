package dev.tidegate.ratelimit;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * A named limit.
 *
 * @param rate requests a second, in the long run
 * @param burst requests at once; default one second's worth
 * @param by what has a bucket of its own; default the consumer, or the address of an anonymous one
 */
public record RateLimitConfig(String name, double rate, Integer burst, By by) {
  /** The limit of routes that name none. */
  public static final String DEFAULT = "default";

  public RateLimitConfig {
    require(name != null && !name.isBlank(), "name", name, "a name");
    require(rate > 0 && rate <= 1e9, "rate", rate, "more than 0 requests a second");
    burst = burst == null ? (int) Math.min(Integer.MAX_VALUE, Math.ceil(rate)) : burst;
    require(burst >= 1, "burst", burst, "1 or more");
    by = by == null ? By.CONSUMER : by;
  }

  /** What has a bucket of its own. */
  public enum By {
    @JsonProperty("consumer")
    CONSUMER,
    @JsonProperty("address")
    ADDRESS,
    @JsonProperty("route")
    ROUTE
  }

  private static void require(
      boolean valid, String name, @Nullable Object value, String expectation) {
    if (!valid) {
      throw new IllegalArgumentException(name + ": " + value + " (expected " + expectation + ")");
    }
  }
}
