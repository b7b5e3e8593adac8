package dev.tidegate.stream.observe;

import dev.tidegate.stream.fanout.Ladder;
import dev.tidegate.stream.fanout.Lag;
import dev.tidegate.stream.session.Session;
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
  private final AtomicInteger pressure = new AtomicInteger();
  private final AtomicIntegerArray steps = new AtomicIntegerArray(Ladder.STEPS);
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
    for (int i = 0; i < Ladder.STEPS; i++) {
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

  public void lagging(List<Session> sessions, long nanos) {
    int[] counts = new int[Ladder.STEPS];
    long longest = 0;
    for (int i = 0; i < sessions.size(); i++) {
      Lag lag = sessions.get(i).lag;
      if (lag != null) {
        counts[lag.step]++;
        longest = Math.max(longest, lag.waiting(nanos));
      }
    }
    for (int i = 0; i < counts.length; i++) {
      steps.set(i, counts[i]);
    }
    longestNanos.set(longest);
  }
}
