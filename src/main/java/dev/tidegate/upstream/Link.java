package dev.tidegate.upstream;

import io.vertx.core.http.HttpClientConnection;

/** One connection of a pool: how many requests it carries and since when it has been idle. */
final class Link {
  final HttpClientConnection connection;
  final int capacity;
  int requests;
  long idleSince;
  boolean stacked;
  boolean used;
  boolean closed;

  Link(HttpClientConnection connection, int capacity) {
    this.connection = connection;
    this.capacity = capacity;
  }
}
