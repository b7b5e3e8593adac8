package dev.tidegate.upstream.health;

import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import java.time.Duration;
import java.util.Set;

/**
 * When requests that fail put an endpoint out.
 *
 * @param failures that many in a row; 0 for never
 * @param out for how long the first time; each time after that twice as long
 * @param longestOut and never for longer
 * @param statuses answers that count as failures
 * @param errorRate so many failures of a hundred requests put it out as well; 0 for never
 * @param minRequests when there were so many
 * @param window within the last so long
 * @param probes one that comes back gets so many a second until so many have succeeded
 */
public record OutlierConfig(
    @Default("3") int failures,
    @Default("30s") Duration out,
    @Default("5m") Duration longestOut,
    @Default("[502, 503, 504]") Set<Integer> statuses,
    @Default("50") int errorRate,
    @Default("20") int minRequests,
    @Default("10s") Duration window,
    @Default("3") int probes) {
  public OutlierConfig {
    Check.atLeast("failures", failures, 0);
    Check.positive("out", out);
    Check.that(longestOut.compareTo(out) >= 0, "longestOut", longestOut, "no shorter than out");
    statuses = Set.copyOf(statuses);
    for (int status : statuses) {
      Check.within("statuses", status, 400, 599);
    }
    Check.within("errorRate", errorRate, 0, 100);
    Check.within("minRequests", minRequests, 1, 1_000_000);
    Check.within("window", window, Duration.ofSeconds(1), Duration.ofHours(1));
    Check.within("probes", probes, 1, 1_000);
  }
}
