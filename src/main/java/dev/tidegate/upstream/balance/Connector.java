package dev.tidegate.upstream.balance;

/** Where exchanges get their connections to one endpoint. Lives on one event loop. */
public interface Connector {
  /** Who asked for a connection. */
  interface Taker {
    /** The connection is the taker's until it is given back. */
    void onLink(Link link);

    void onConnectFailure(Throwable cause);

    /** Whether it may be sent again when the connection turns out to be dead. */
    boolean repeatable();
  }

  /**
   * Gives the taker a connection, now or later; false when too many wait already.
   *
   * @param fresh only a connection that has carried nothing yet will do
   */
  boolean tryTake(Taker taker, boolean fresh);

  /** The taker no longer wants to wait. */
  void forget(Taker taker);

  /**
   * A request on the link is over.
   *
   * @param reusable false when the connection cannot carry another
   */
  void release(Link link, boolean reusable);

  /** The link will never carry another request, and its pool may have another for it. */
  void detach(Link link);

  /** Which of its upstream's endpoints it is, from 0. */
  int number();

  /** Its part of the requests, beside that of the others. */
  int weight();

  /** The requests in flight and those that wait. */
  int load();
}
