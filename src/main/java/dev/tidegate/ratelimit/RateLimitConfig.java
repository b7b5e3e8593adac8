package dev.tidegate.ratelimit;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tidegate.config.Check;
import dev.tidegate.config.Default;

/**
 * A named limit.
 *
 * @param rate requests a second, in the long run
 * @param burst requests at once; when it is not given, one second's worth
 * @param by what has a bucket of its own: the consumer, or the address of an anonymous one
 */
public record RateLimitConfig(String name, double rate, Integer burst, @Default("consumer") By by) {
  /** The limit of routes that name none. */
  public static final String DEFAULT = "default";

  public RateLimitConfig {
    Check.given("name", name, "a name");
    Check.that(rate > 0 && rate <= 1e9, "rate", rate, "more than 0 requests a second");
    burst = burst == null ? (int) Math.min(Integer.MAX_VALUE, Math.ceil(rate)) : burst;
    Check.atLeast("burst", burst, 1);
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
}
