package dev.tidegate.upstream.guard;

import dev.tidegate.bus.Fallback;
import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When an upstream as a whole is not asked any more.
 *
 * @param errorRate opens when so many of a hundred requests fail
 * @param minRequests and there were so many
 * @param window within the last so long
 * @param open for how long the first time; each time after that twice as long
 * @param longestOpen and never for longer
 * @param probes so many may be under way while half-open; so many that succeed close it
 * @param statuses answers that count as failures
 * @param fallback what callers get meanwhile; absent: a problem document
 */
public record CircuitConfig(
    @Default("50") int errorRate,
    @Default("20") int minRequests,
    @Default("10s") Duration window,
    @Default("5s") Duration open,
    @Default("1m") Duration longestOpen,
    @Default("3") int probes,
    @Default("[500, 502, 503, 504]") Set<Integer> statuses,
    @Nullable Fallback fallback) {
  public CircuitConfig {
    Check.within("errorRate", errorRate, 1, 100);
    Check.within("minRequests", minRequests, 1, 1_000_000);
    Check.within("window", window, Duration.ofSeconds(1), Duration.ofHours(1));
    Check.positive("open", open);
    Check.that(
        longestOpen.compareTo(open) >= 0, "longestOpen", longestOpen, "no shorter than open");
    Check.within("probes", probes, 1, 1_000);
    statuses = Set.copyOf(statuses);
    for (int status : statuses) {
      Check.within("statuses", status, 400, 599);
    }
  }
}
