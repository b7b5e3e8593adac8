package dev.tidegate.upstream.guard;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts events, and those of them that are marked, over the last so many seconds. Ten slots, each
 * one atomic number: its period, its marked events, its events. Safe from any thread, and nobody
 * waits.
 */
public final class RollingWindow {
  private static final int SLOTS = 10;
  private static final int BITS = 20;
  private static final long MOST = (1L << BITS) - 1;
  private static final long PERIODS = (1L << (Long.SIZE - 2 * BITS)) - 1;

  private final AtomicLongArray slots = new AtomicLongArray(SLOTS);
  private final long slotNanos;

  /** What has been counted. */
  public record Counts(long events, long marked) {
    /** Marked events of a hundred. */
    public int percent() {
      return events == 0 ? 0 : (int) (marked * 100 / events);
    }
  }

  public RollingWindow(Duration length) {
    this.slotNanos = Math.max(1, length.toNanos() / SLOTS);
    clear();
  }

  /** Counts one event, at this time of a monotonic clock. */
  public void count(long nanos, boolean marked) {
    long period = Math.floorDiv(nanos, slotNanos);
    int slot = (int) Math.floorMod(period, (long) SLOTS);
    while (true) {
      long before = slots.get(slot);
      long kept = of(before, period) ? before : (period & PERIODS) << (2 * BITS);
      if ((kept & MOST) == MOST) {
        return; // a million in one slot tell enough
      }
      long after = kept + 1 + (marked ? 1L << BITS : 0);
      if (slots.compareAndSet(slot, before, after)) {
        return;
      }
    }
  }

  /** What the window holds at this time. */
  public Counts counts(long nanos) {
    long period = Math.floorDiv(nanos, slotNanos);
    long events = 0;
    long marked = 0;
    for (int age = 0; age < SLOTS; age++) {
      long value = slots.get((int) Math.floorMod(period - age, (long) SLOTS));
      if (of(value, period - age)) {
        events += value & MOST;
        marked += (value >>> BITS) & MOST;
      }
    }
    return new Counts(events, marked);
  }

  private static boolean of(long value, long period) {
    return value >>> (2 * BITS) == (period & PERIODS);
  }

  /** Forgets everything. */
  public void clear() {
    for (int i = 0; i < SLOTS; i++) {
      slots.set(i, 0);
    }
  }
}
