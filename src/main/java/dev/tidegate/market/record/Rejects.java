package dev.tidegate.market.record;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts the records that cannot be read and says so once a minute. Safe from any thread. */
public final class Rejects {
  private static final Logger LOG = LoggerFactory.getLogger(Rejects.class);
  private static final long QUIET_MILLIS = 60_000;

  private final Counter counter;
  private final LongSupplier clock;
  private long since;
  private long loggedAt = Long.MIN_VALUE;

  public Rejects(MeterRegistry meters, LongSupplier clock) {
    counter =
        Counter.builder("tidegate.market.records.rejected")
            .description("records of the feed that could not be read and were skipped")
            .register(meters);
    this.clock = clock;
  }

  public synchronized void add(String source, long position, String why) {
    counter.increment();
    since++;
    long now = clock.getAsLong();
    if (loggedAt == Long.MIN_VALUE || now - loggedAt >= QUIET_MILLIS) {
      LOG.atWarn()
          .addKeyValue("source", source)
          .addKeyValue("offset", position)
          .addKeyValue("reason", why)
          .addKeyValue("count", since)
          .log("record skipped");
      loggedAt = now;
      since = 0;
    }
  }

  public long count() {
    return (long) counter.count();
  }
}
