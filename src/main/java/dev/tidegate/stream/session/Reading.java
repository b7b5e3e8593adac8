package dev.tidegate.stream.session;

/** How fast a client takes what waits for it, by the bytes that leave the process. */
final class Reading {
  /** Who takes so many bytes a second reads. */
  static final long FLOOR = 16 * 1024;

  /** The kernel may take a slow socket's bytes in steps of seconds. */
  static final long OVER_NANOS = 10_000_000_000L;

  private long left;
  private long since;

  Reading(long left, long nanos) {
    this.left = left;
    this.since = nanos;
  }

  /** Whether this began before then. */
  boolean before(long nanos) {
    return since < nanos;
  }

  /**
   * Whether it took less than the floor, which is known after some seconds.
   *
   * @param leftNow bytes that have left since the session began
   */
  boolean tooSlow(long leftNow, long nanos) {
    long passed = nanos - since;
    if (passed < OVER_NANOS) {
      return false;
    }
    boolean slow = leftNow - left < FLOOR * (passed / 1_000_000L) / 1_000L;
    left = leftNow;
    since = nanos;
    return slow;
  }
}
