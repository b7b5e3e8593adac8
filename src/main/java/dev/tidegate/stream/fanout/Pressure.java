package dev.tidegate.stream.fanout;

import dev.tidegate.stream.encode.Shape;

/**
 * Widens windows while the event loop has too much to do, lower tiers first, and narrows them again
 * when it has not. A narrowing that has to be taken back soon makes the next one wait twice as
 * long, so that the windows do not swing between too narrow and wide.
 */
public final class Pressure {
  /** Near enough to one another that the load does not swing when one takes the other's place. */
  private static final int[] WINDOWS = {
    0, 10, 20, 35, 50, 75, 100, 125, 150, 200, 250, 350, 500, 700, 1000
  };

  /** So many steps the windows of a rank stay behind those of the rank below. */
  private static final int APART = 4;

  private static final int MOST = WINDOWS.length - 1 + 3 * APART;

  /** The loop had no time to itself at all: it is not necessary to wait for the mean. */
  private static final double FULL = 0.97;

  private static final double HIGH = 0.85;
  private static final double LOW = 0.6;

  /**
   * So many measurements make a mean: a window that does not divide the time between two of them
   * falls into one more often than into the next.
   */
  private static final int MEAN_OF = 4;

  private static final long LATE_NANOS = 50_000_000;

  /** A loop that is late once had a pause or a burst; one that stays late has too much to do. */
  private static final int LATE_TIMES = 3;

  private static final int CALM = 8;
  private static final int MOST_PATIENCE = 240;

  private final boolean enabled;
  private final double[] last = new double[MEAN_OF];
  private int taken;
  private int level;
  private int calm;
  private int late;
  private int patience = CALM;

  /** Measurements since windows were last narrowed. */
  private int sinceNarrowed = MOST_PATIENCE;

  public Pressure(boolean enabled) {
    this.enabled = enabled;
  }

  public int level() {
    return level;
  }

  /** The window that is in force for the form now. */
  public int window(Shape shape) {
    if (level == 0) {
      return shape.window();
    }
    int step = Math.min(level - APART * shape.rank(), WINDOWS.length - 1);
    return step <= 0 ? shape.window() : Math.max(shape.window(), WINDOWS[step]);
  }

  /**
   * Takes one measurement, every quarter of a second or so.
   *
   * @param utilisation the share of the time that the loop's thread was running
   * @param lagNanos how late the loop was
   */
  public void measure(double utilisation, long lagNanos) {
    if (!enabled) {
      return;
    }
    sinceNarrowed = Math.min(sinceNarrowed + 1, MOST_PATIENCE);
    late = lagNanos > LATE_NANOS ? late + 1 : 0;
    last[taken++ % MEAN_OF] = utilisation;
    double mean = taken < MEAN_OF ? Double.NaN : mean();
    if (utilisation >= FULL) {
      widen(2);
    } else if (mean > HIGH || late >= LATE_TIMES) {
      widen(1);
    } else if (level > 0 && mean < LOW && ++calm >= patience) {
      narrow();
    }
  }

  private double mean() {
    double sum = 0;
    for (double one : last) {
      sum += one;
    }
    return sum / MEAN_OF;
  }

  private void widen(int steps) {
    calm = 0;
    taken = 0;
    if (sinceNarrowed <= CALM) {
      patience = Math.min(patience * 2, MOST_PATIENCE);
      sinceNarrowed = MOST_PATIENCE;
    }
    level = Math.min(level + steps, MOST);
  }

  private void narrow() {
    calm = 0;
    taken = 0;
    sinceNarrowed = 0;
    level--;
    if (level == 0) {
      patience = CALM;
    }
  }
}
