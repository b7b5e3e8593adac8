package dev.tidegate.ratelimit;

/**
 * A bucket that refills at a steady rate up to its burst. Thread-safe by a lock that is never held
 * long; takes time as nanoseconds.
 */
final class TokenBucket {
  private final double perNano;
  private final double burst;
  private double tokens;
  private long at;

  TokenBucket(double ratePerSecond, int burst, long now) {
    this.perNano = ratePerSecond / 1e9;
    this.burst = burst;
    this.tokens = burst;
    this.at = now;
  }

  /** Takes one token. What is left, or minus the nanoseconds until there is one (at least 1). */
  synchronized long tryTake(long now) {
    if (now > at) {
      tokens = Math.min(burst, tokens + (now - at) * perNano);
      at = now;
    }
    if (tokens >= 1) {
      tokens -= 1;
      return (long) tokens;
    }
    return -Math.max(1, (long) Math.ceil((1 - tokens) / perNano));
  }

  /** Seconds until the bucket is full again. */
  synchronized long secondsToFull() {
    return (long) Math.ceil((burst - tokens) / perNano / 1e9);
  }
}
