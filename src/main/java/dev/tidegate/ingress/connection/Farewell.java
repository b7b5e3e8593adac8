package dev.tidegate.ingress.connection;

/**
 * A caller that has ended its side of the connection (RFC 9112, section 9.6) and either waits for
 * its answer or has left: both look alike until something is sent.
 */
final class Farewell {
  /** An answer that has begun is a probe itself, as long as it goes on. */
  private static final long STANDSTILL = 1_000;

  private long written = -1;
  private long since;

  /** Whether the caller has to be taken for gone; asked now and then. */
  boolean gone(InFlight request, long now) {
    if (request.probe()) {
      return false;
    }
    if (request.written() != written) {
      written = request.written();
      since = now;
    }
    return now - since > STANDSTILL;
  }
}
