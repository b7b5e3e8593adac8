package dev.tidegate.stream.session;

/** A token bucket that holds one second's worth; its rate is given with every question. */
public final class Rate {
  private double tokens = -1;
  private long last;

  boolean take(int perSecond, long nanos) {
    if (tokens < 0) {
      tokens = perSecond;
    } else {
      tokens = Math.min(perSecond, tokens + (nanos - last) * 1e-9 * perSecond);
    }
    last = nanos;
    if (tokens < 1) {
      return false;
    }
    tokens -= 1;
    return true;
  }
}
