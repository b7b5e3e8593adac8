package dev.tidegate.stream.fanout;

/** How a session that does not keep up is doing, and which step of the ladder it is on. */
public final class Lag {
  private static final int PATIENCE = 5;
  private static final int MOST_PATIENCE = 240;

  /** Who falls back so soon had not recovered. */
  private static final long RELAPSE = 10_000_000_000L;

  /** Nanoseconds since when its socket has not taken anything, 0 when it does. */
  private long since;

  private long lost;
  public int step;
  public int calm;

  private long counted;

  /** Calm seconds before the next step up; more after one that had to be taken back. */
  private int patience = PATIENCE;

  private long easedAt;
  private boolean eased;

  /** How many bytes had left the process when it was looked at last, and when that last grew. */
  private long left = -1;

  private long movedAt;

  public void begin(long nanos) {
    if (since == 0) {
      since = nanos;
    }
  }

  public void end(long nanos) {
    if (since != 0) {
      lost += nanos - Math.max(since, counted);
      since = 0;
    }
  }

  /** How long the session has been waiting for its socket. */
  public long waiting(long nanos) {
    return since == 0 ? 0 : nanos - since;
  }

  /**
   * How long nothing at all has left the process, while the session waits. What is in the queue
   * tells nothing: it stays as long as it is until the whole of a large frame has left.
   *
   * @param leftNow bytes that have left since the session began
   */
  long stuck(long leftNow, long nanos) {
    if (leftNow > left) {
      movedAt = left < 0 ? since : nanos;
      left = leftNow;
    }
    return Math.min(nanos - movedAt, waiting(nanos));
  }

  /** A calm second has passed; whether it is time for a step up. */
  boolean recovered() {
    return ++calm >= patience;
  }

  /** It goes a step up. */
  void eases(long nanos) {
    calm = 0;
    eased = true;
    easedAt = nanos;
  }

  /** It does not keep up: soon after a step up, the next one has to wait twice as long. */
  void lags(long nanos) {
    calm = 0;
    if (eased && nanos - easedAt <= RELAPSE) {
      patience = Math.min(patience * 2, MOST_PATIENCE);
    }
    eased = false;
  }

  /** How long it waited since the last question. */
  long take(long nanos) {
    if (since != 0) {
      lost += nanos - Math.max(since, counted);
    }
    counted = nanos;
    long result = lost;
    lost = 0;
    return result;
  }
}
