package dev.tidegate.market.book;

/** The first and the last of some times. */
final class TimeSpan {
  private long first = Long.MAX_VALUE;
  private long last;

  void add(long time) {
    first = Math.min(first, time);
    last = Math.max(last, time);
  }

  long first() {
    return first;
  }

  /** 0 when there was none. */
  long last() {
    return last;
  }
}
