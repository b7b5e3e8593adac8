package dev.tidegate.stream;

/** The event loop as the plain classes see it: a clock and a place to run something later. */
public interface Loop {
  /** A monotonic clock. */
  long nanos();

  /** The wall clock in milliseconds since the epoch. */
  long millis();

  /** Runs the task after everything that the loop has to do in this turn. */
  void execute(Runnable task);

  void schedule(Runnable task, long delayNanos);
}
