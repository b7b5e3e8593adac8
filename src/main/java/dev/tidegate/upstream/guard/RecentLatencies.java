package dev.tidegate.upstream.guard;

import java.util.Arrays;

/** How long the last answers took, as a percentile tells it. Lives on one event loop. */
public final class RecentLatencies {
  private static final int KEPT = 256;
  private static final int FEW = 32;

  private final int percentile;
  private final long[] nanos = new long[KEPT];
  private long count;
  private long told = -1;

  public RecentLatencies(int percentile) {
    this.percentile = percentile;
  }

  public void record(long took) {
    nanos[(int) (count++ % KEPT)] = took;
    if (count % FEW == 0) {
      long[] sorted = Arrays.copyOf(nanos, (int) Math.min(count, KEPT));
      Arrays.sort(sorted);
      told = sorted[Math.min(sorted.length - 1, sorted.length * percentile / 100)];
    }
  }

  /** The percentile in nanoseconds, or -1 while too few are known. */
  public long told() {
    return told;
  }
}
