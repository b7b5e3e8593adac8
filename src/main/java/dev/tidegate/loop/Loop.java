package dev.tidegate.loop;

import java.time.Duration;

/**
 * One event loop: its clocks, and how to run something on it later. Called on that loop only, apart
 * from {@link #execute}, which every thread may call. What a task throws, of whatever kind, is told
 * to {@link #failed} and keeps nothing else from running.
 */
public interface Loop {
  /** A monotonic clock. */
  long nanos();

  /**
   * Since when, by {@link #nanos}, the loop has turned without standing still: since it began, or
   * since it last went on after a stop of the process or a task that did not end. Before that
   * nobody could be heard, so that who is silent is held to account for the time since then only.
   */
  long awakeSince();

  /** How long somebody is silent who was last heard then: as far as this loop listened. */
  default long silence(long heardAt) {
    return nanos() - Math.max(heardAt, awakeSince());
  }

  /** The wall clock in milliseconds since the epoch. */
  long millis();

  /** Runs the task after everything that the loop has to do in this turn. */
  void execute(Runnable task);

  /** Runs the task once, so many nanoseconds from now. */
  Timer after(long nanos, Runnable task);

  /** Runs the task once, so long from now. */
  default Timer after(Duration delay, Runnable task) {
    return after(delay.toNanos(), task);
  }

  /**
   * Runs the task again and again, with so long between the end of one run and the next, until it
   * is cancelled or the verticle is undeployed.
   */
  Timer every(Duration pause, Runnable task);

  /** Something went wrong on the loop: counts it, logs it, and shows the loop as failing. */
  void failed(String what, Throwable why);

  /** A task that is yet to run. */
  @FunctionalInterface
  interface Timer {
    void cancel();
  }
}
