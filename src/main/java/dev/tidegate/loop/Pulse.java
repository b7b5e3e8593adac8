package dev.tidegate.loop;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How one loop fares. Its loop writes, every thread may read. */
final class Pulse {
  static final Duration EVERY = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(Pulse.class);
  private static final long QUIET = TimeUnit.SECONDS.toNanos(1);

  private final String loop;
  private final Counter failures;
  private final LongSupplier nanos;
  private volatile long beatAt;
  private volatile @Nullable Failure last;
  private long loggedAt;
  private long unlogged;

  private record Failure(String what, long at) {}

  Pulse(String loop, Counter failures, LongSupplier nanos) {
    this.loop = loop;
    this.failures = failures;
    this.nanos = nanos;
    this.beatAt = nanos.getAsLong();
    this.loggedAt = beatAt - QUIET;
  }

  void beat() {
    beatAt = nanos.getAsLong();
  }

  @SuppressWarnings("CatchThrowable") // telling of an error must not be the next one
  void failed(String what, Throwable why) {
    try {
      long now = nanos.getAsLong();
      last = new Failure(what, now);
      failures.increment();
      unlogged++;
      if (now - loggedAt >= QUIET) {
        loggedAt = now;
        LOG.error("event=turn-failed loop={} what={} times={}", loop, what, unlogged, why);
        unlogged = 0;
      }
    } catch (Throwable again) {
      unlogged++;
    }
  }

  @Nullable String ailment() {
    long now = nanos.getAsLong();
    long silent = now - beatAt;
    if (silent > EventLoops.OVERDUE.toNanos()) {
      return loop + ": has not turned for " + TimeUnit.NANOSECONDS.toSeconds(silent) + " s";
    }
    Failure failure = last;
    if (failure != null && now - failure.at() <= EventLoops.SHOWN.toNanos()) {
      return loop
          + ": "
          + failure.what()
          + " failed "
          + TimeUnit.NANOSECONDS.toSeconds(now - failure.at())
          + " s ago";
    }
    return null;
  }
}
