package dev.tidegate.upstream.balance;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import org.jspecify.annotations.Nullable;

/**
 * What a consistent hash is taken of.
 *
 * @param name of the header, cookie or query parameter
 * @param bound how many times its fair part an endpoint may have in flight before keys go on to the
 *     next; absent: any number
 */
public record HashConfig(@Default("address") By by, @Nullable String name, @Nullable Double bound) {
  /** What of a request. */
  public enum By {
    @JsonProperty("address")
    ADDRESS,
    @JsonProperty("path")
    PATH,
    @JsonProperty("header")
    HEADER,
    @JsonProperty("cookie")
    COOKIE,
    @JsonProperty("query")
    QUERY
  }

  static final HashConfig OF_ADDRESS = new HashConfig(By.ADDRESS, null, null);

  public HashConfig {
    if (by == By.ADDRESS || by == By.PATH) {
      Check.that(name == null, "name", name, "none, for an address or a path");
    } else {
      Check.given("name", name, "that of the header, cookie or query parameter");
    }
    if (bound != null) {
      Check.that(bound >= 1.05 && bound <= 100, "bound", bound, "1.05..100");
    }
  }
}
