package dev.tidegate.upstream.balance;

import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import java.time.Duration;

/**
 * How the endpoints among which a request is balanced are found.
 *
 * @param maxCpu one that reports so many of a hundred, or more, is passed over
 * @param maxMemory the same for memory
 * @param reportsFor for how long a report holds
 * @param tie success rates that are no more points apart count as equal
 * @param minRequests with fewer in the window an endpoint counts as one without failures
 * @param window over which success is counted
 */
public record SelectionConfig(
    @Default("80") int maxCpu,
    @Default("80") int maxMemory,
    @Default("10s") Duration reportsFor,
    @Default("5") int tie,
    @Default("20") int minRequests,
    @Default("10s") Duration window) {
  public SelectionConfig {
    Check.within("maxCpu", maxCpu, 1, 100);
    Check.within("maxMemory", maxMemory, 1, 100);
    Check.positive("reportsFor", reportsFor);
    Check.within("tie", tie, 0, 100);
    Check.within("minRequests", minRequests, 1, 1_000_000);
    Check.within("window", window, Duration.ofSeconds(1), Duration.ofHours(1));
  }
}
