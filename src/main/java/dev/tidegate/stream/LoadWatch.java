package dev.tidegate.stream;

import dev.tidegate.stream.fanout.Pressure;
import dev.tidegate.stream.observe.StreamMeters;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** How busy this event loop is: the thread's CPU time, and how late its turns come. */
final class LoadWatch {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Pressure pressure;
  private final StreamMeters meters;
  private long measuredAt;
  private long cpu;

  LoadWatch(Pressure pressure, StreamMeters meters) {
    this.pressure = pressure;
    this.meters = meters;
  }

  /** Begins to measure; on the event loop. */
  void start(long nanos) {
    measuredAt = nanos;
    cpu = THREADS.getCurrentThreadCpuTime();
  }

  void measure(long nanos) {
    long used = THREADS.getCurrentThreadCpuTime();
    long elapsed = nanos - measuredAt;
    pressure.measure((used - cpu) / (double) Math.max(1, elapsed), elapsed - Sweep.EVERY.toNanos());
    cpu = used;
    measuredAt = nanos;
  }

  void publish() {
    meters.load().pressure(pressure.level());
    meters.publish();
  }
}
