package dev.tidegate.stream;

/**
 * Widens windows while the event loop has too much to do, lower tiers first, and narrows them again
 * when it has not. A narrowing that has to be taken back soon makes the next one wait twice as
 * long, so that the windows do not swing between too narrow and wide.
 */
final class Pressure {
  private static final int[] WINDOWS = {0, 10, 20, 50, 100, 250, 500, 1000};
  private static final double HIGH = 0.85;
  private static final double LOW = 0.6;
  private static final long LATE_NANOS = 50_000_000;

  /** A loop that is late once had a pause or a burst; one that stays late has too much to do. */
  private static final int LATE_TIMES = 3;

  private static final int CALM = 8;
  private static final int MOST_PATIENCE = 240;

  private final boolean enabled;
  private int level;
  private int calm;
  private int late;
  private int patience = CALM;

  /** Measurements since windows were last narrowed. */
  private int sinceNarrowed = MOST_PATIENCE;

  Pressure(boolean enabled) {
    this.enabled = enabled;
  }

  int level() {
    return level;
  }

  /** The window that is in force for the form now. */
  int window(Shape shape) {
    if (level == 0) {
      return shape.window();
    }
    int step = Math.min(level - 2 * shape.rank(), WINDOWS.length - 1);
    return step <= 0 ? shape.window() : Math.max(shape.window(), WINDOWS[step]);
  }

  /**
   * Takes one measurement, every quarter of a second or so.
   *
   * @param utilisation the share of the time that the loop's thread was running
   * @param lagNanos how late the loop was
   */
  void measure(double utilisation, long lagNanos) {
    if (!enabled) {
      return;
    }
    sinceNarrowed = Math.min(sinceNarrowed + 1, MOST_PATIENCE);
    late = lagNanos > LATE_NANOS ? late + 1 : 0;
    if (utilisation > HIGH || late >= LATE_TIMES) {
      widen();
    } else if (level > 0 && utilisation < LOW && ++calm >= patience) {
      narrow();
    }
  }

  private void widen() {
    calm = 0;
    if (sinceNarrowed <= CALM) {
      patience = Math.min(patience * 2, MOST_PATIENCE);
      sinceNarrowed = MOST_PATIENCE;
    }
    level = Math.min(level + 1, WINDOWS.length + 3);
  }

  private void narrow() {
    calm = 0;
    sinceNarrowed = 0;
    level--;
    if (level == 0) {
      patience = CALM;
    }
  }
}
