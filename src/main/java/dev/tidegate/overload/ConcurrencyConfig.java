package dev.tidegate.overload;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import dev.tidegate.policy.Priority;
import org.jspecify.annotations.Nullable;

/**
 * A named limit of requests that wait for their answer to begin, on one node.
 *
 * @param by what has a limit of its own
 * @param max requests; never more, whatever {@code adaptive} finds
 * @param adaptive lets the limit follow what can be taken; null for {@code max} throughout
 * @param shares how much of the limit a priority may fill
 */
public record ConcurrencyConfig(
    String name,
    @Default("upstream") By by,
    @Default("1000") int max,
    @Nullable Adaptive adaptive,
    @Default("{}") Shares shares) {
  /** The limit of routes that name none. */
  public static final String DEFAULT = "default";

  public ConcurrencyConfig {
    Check.given("name", name, "a name");
    Check.within("max", max, 1, 1_000_000);
    Check.that(
        adaptive == null || by != By.CONSUMER,
        "adaptive",
        adaptive,
        "no adaptive limit by consumer: one consumer's requests tell too little");
    Check.that(
        adaptive == null || adaptive.min() <= max,
        "adaptive.min",
        adaptive == null ? null : adaptive.min(),
        "at most max");
  }

  /** What has a limit of its own. */
  public enum By {
    /** Each upstream; all routes to commands, or to the gateway's own answers, share one each. */
    @JsonProperty("upstream")
    UPSTREAM,
    @JsonProperty("route")
    ROUTE,
    /** Each consumer, or address of anonymous callers. */
    @JsonProperty("consumer")
    CONSUMER,
    @JsonProperty("node")
    NODE
  }

  /**
   * How a limit follows what can be taken.
   *
   * @param min requests; never fewer
   * @param initial requests, until something is known
   * @param tolerance how many times its unloaded time an answer may take before the limit falls
   */
  public record Adaptive(
      @Default("10") int min, @Default("50") int initial, @Default("2") double tolerance) {
    public Adaptive {
      Check.atLeast("min", min, 1);
      Check.atLeast("initial", initial, min);
      Check.that(
          tolerance >= 1.1 && tolerance <= 20, "tolerance", tolerance, "from 1.1 to 20 times");
    }
  }

  /** Parts of a limit, from 0 to 1; cancels may fill all of it. */
  public record Shares(
      @Default("0.95") double order,
      @Default("0.85") double query,
      @Default("0.7") double anonymous) {
    public Shares {
      share("order", order);
      share("query", query);
      share("anonymous", anonymous);
    }

    private static void share(String name, double share) {
      Check.that(share > 0 && share <= 1, name, share, "more than 0, and 1 at most");
    }

    double of(Priority priority) {
      return switch (priority) {
        case CANCEL -> 1;
        case ORDER -> order;
        case QUERY -> query;
        case ANONYMOUS -> anonymous;
      };
    }
  }
}
