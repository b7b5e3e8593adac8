package dev.tidegate.stream.fanout;

/** How a session that does not keep up is doing, and which step of the ladder it is on. */
public final class Lag {
  /** Nanoseconds since when its socket has not taken anything, 0 when it does. */
  private long since;

  private long lost;
  public int step;
  public int calm;

  private long counted;

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
