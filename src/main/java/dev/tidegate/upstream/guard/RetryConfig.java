package dev.tidegate.upstream.guard;

import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is sent again when it fails. Only what does no harm twice: an idempotent request without an
 * answer, or one that never left.
 *
 * @param attempts at most so often in all, the first one included; 1 for never again
 * @param backoff before the second attempt a random time up to this; twice as long each time after
 * @param longestBackoff and never longer; a longer Retry-After of the upstream is passed on
 * @param statuses answers after which an idempotent request is sent again
 * @param attemptTimeout until an attempt that can be repeated has an answer; absent: the request's
 * @param budget so many retries for a hundred requests
 * @param minPerSecond and so many a second in any case
 * @param window over which both are counted
 */
public record RetryConfig(
    @Default("2") int attempts,
    @Default("25ms") Duration backoff,
    @Default("1s") Duration longestBackoff,
    @Default("[]") Set<Integer> statuses,
    @Nullable Duration attemptTimeout,
    @Default("20") int budget,
    @Default("10") int minPerSecond,
    @Default("10s") Duration window) {
  public RetryConfig {
    Check.within("attempts", attempts, 1, 10);
    Check.positive("backoff", backoff);
    Check.that(
        longestBackoff.compareTo(backoff) >= 0,
        "longestBackoff",
        longestBackoff,
        "no shorter than backoff");
    statuses = Set.copyOf(statuses);
    for (int status : statuses) {
      Check.that(
          status == 429 || (status >= 500 && status <= 599), "statuses", status, "429, 500..599");
    }
    if (attemptTimeout != null) {
      Check.positive("attemptTimeout", attemptTimeout);
    }
    Check.within("budget", budget, 0, 1_000);
    Check.within("minPerSecond", minPerSecond, 0, 100_000);
    Check.within("window", window, Duration.ofSeconds(1), Duration.ofMinutes(10));
  }
}
