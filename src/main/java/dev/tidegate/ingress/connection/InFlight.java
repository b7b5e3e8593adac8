package dev.tidegate.ingress.connection;

/** A request on a connection, as far as the connection holds it to its limits. */
public interface InFlight {
  /** Whether it waits for more of its body. */
  boolean readingBody();

  /** The body has stood still for too long. */
  void slowBody();

  /**
   * Since when, in the connection's milliseconds, more of the answer waits for the caller to take
   * what is there; {@link Long#MAX_VALUE} when nothing does.
   */
  long untakenSince();

  /** The answer has waited for too long. */
  void slowCaller();

  /** Whether it has come to its end. */
  boolean whole();

  /**
   * Sends what waits for no answer, if the answer has not begun: to somebody who has left it comes
   * back as an error. False when the answer has begun.
   */
  boolean probe();

  /** Bytes of the answer that have been sent. */
  long written();
}
