package dev.tidegate.redis;

/** The server did not answer; what it was asked may or may not have been done. */
public final class RedisUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1;

  public RedisUnavailable(String message) {
    super(message, null, false, false);
  }
}
