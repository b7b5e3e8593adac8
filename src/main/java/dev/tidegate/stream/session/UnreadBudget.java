package dev.tidegate.stream.session;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of what was written to the sessions of a node may wait for them to read it, together.
 * Safe from any thread.
 */
public final class UnreadBudget {
  private final long bound;
  private final AtomicLong total = new AtomicLong();
  private final AtomicInteger instances = new AtomicInteger();
  private final Counter closes;

  public UnreadBudget(long bound, MeterRegistry registry) {
    this.bound = bound;
    Gauge.builder("tidegate.stream.unread", total, AtomicLong::get)
        .description("What was written to sessions and waits for them to read it")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("tidegate.stream.unread.limit", () -> bound)
        .description("How much of it there may be before the largest are closed")
        .baseUnit("bytes")
        .register(registry);
    closes =
        Counter.builder("tidegate.stream.unread.closes")
            .description("Sessions that were closed because they left the most unread")
            .register(registry);
  }

  long bound() {
    return bound;
  }

  long total() {
    return total.get();
  }

  void add(long change) {
    total.addAndGet(change);
  }

  void joined(int change) {
    instances.addAndGet(change);
  }

  /** What one instance may have whatever the others do. */
  long share() {
    return bound / Math.max(1, instances.get());
  }

  void closed(int count) {
    closes.increment(count);
  }
}
