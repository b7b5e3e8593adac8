package dev.tidegate.stream.observe;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How one instance bears its load: how far windows are widened, and which of its sessions lag. Set
 * once a second on the event loop, read by whoever scrapes.
 */
public final class LoadMeters {
  /** How many steps a slow reader is led down, the one on which nothing is changed included. */
  public static final int STEPS = 5;

  private final AtomicInteger pressure = new AtomicInteger();
  private final AtomicIntegerArray steps = new AtomicIntegerArray(STEPS);
  private final AtomicLong longestNanos = new AtomicLong();

  LoadMeters(MeterRegistry registry, String worker, List<Meter> own) {
    own.add(
        Gauge.builder("tidegate.stream.pressure", pressure, AtomicInteger::get)
            .description("How far windows are widened because the event loop has too much to do")
            .tag("worker", worker)
            .register(registry));
    own.add(
        Gauge.builder("tidegate.stream.behind", longestNanos, n -> n.get() / 1e9)
            .description("How long the session that waits longest for its socket has waited")
            .baseUnit("seconds")
            .tag("worker", worker)
            .register(registry));
    for (int i = 0; i < STEPS; i++) {
      int step = i;
      own.add(
          Gauge.builder("tidegate.stream.slow", steps, s -> s.get(step))
              .description("Sessions that lag behind, by the step of the ladder that they are on")
              .tag("worker", worker)
              .tag("step", Integer.toString(step))
              .register(registry));
    }
  }

  public void pressure(int level) {
    pressure.set(level);
  }

  /**
   * @param counts sessions that lag, by their step
   * @param longest how many nanoseconds the one that waits longest has waited
   */
  public void lagging(int[] counts, long longest) {
    for (int i = 0; i < STEPS; i++) {
      steps.set(i, counts[i]);
    }
    longestNanos.set(longest);
  }
}
