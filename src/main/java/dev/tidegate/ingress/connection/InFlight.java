package dev.tidegate.ingress.connection;

/** A request on a connection, as far as the connection holds it to its limits. */
public interface InFlight {
  /** Whether it waits for more of its body. */
  boolean readingBody();

  /** The body has stood still for too long. */
  void slowBody();
}
