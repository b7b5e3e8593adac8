package dev.tidegate.upstream.balance;

import io.vertx.core.http.HttpClientConnection;

/** One connection of a pool: how many requests it carries and since when it has been idle. */
public final class Link {
  /** Where a pool has it. */
  enum Place {
    /** It carries as many requests as it can. */
    OUT,
    /** On the stack, for the next request. */
    OFFERED,
    CLOSED
  }

  final HttpClientConnection connection;
  final int capacity;
  Place place = Place.OUT;
  int requests;
  long idleSince;
  boolean used;

  Link(HttpClientConnection connection, int capacity) {
    this.connection = connection;
    this.capacity = capacity;
  }

  public HttpClientConnection connection() {
    return connection;
  }

  /** Whether it has carried a request before: only such a one can have died unnoticed. */
  public boolean used() {
    return used;
  }

  /**
   * Whether a request on it may have to be sent again: when it is idempotent and the link turns out
   * to be dead, or when one of several is refused.
   */
  public boolean mayAskAgain(boolean idempotent) {
    return multiplexed() || (used && idempotent);
  }

  /** Whether a request that is given up leaves the others, and the connection, alone. */
  public boolean multiplexed() {
    return capacity > 1;
  }
}
