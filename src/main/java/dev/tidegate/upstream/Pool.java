package dev.tidegate.upstream;

import dev.tidegate.upstream.UpstreamConfig.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientConnection;
import java.util.ArrayDeque;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The keep-alive connections of one event loop to one endpoint: a stack, so that the warmest is
 * used first and the rest can go idle, and a bounded queue of those who wait. Lives on its event
 * loop.
 */
final class Pool {
  /**
   * A request that must not be repeated does not use a connection that has been idle for longer:
   * the other side may be closing it at this moment, and nobody could tell whether the request
   * arrived.
   */
  static final long FRESH_MILLIS = 2_000;

  /** Who asked for a connection. */
  interface Taker {
    void onLink(Link link);

    void onConnectFailure(Throwable cause);

    /** Whether it may be sent again when the connection turns out to be dead. */
    boolean repeatable();
  }

  private final Endpoint endpoint;
  private final int maxConnections;
  private final int maxPending;
  private final long idleMillis;
  private final Function<Endpoint, Future<HttpClientConnection>> connector;
  private final LongSupplier millis;
  private final boolean multiplexed;
  private final ArrayDeque<Link> available = new ArrayDeque<>();
  private final ArrayDeque<Taker> pending = new ArrayDeque<>();
  private int open;
  private int inFlight;

  Pool(
      UpstreamConfig config,
      Endpoint endpoint,
      Function<Endpoint, Future<HttpClientConnection>> connector,
      LongSupplier millis) {
    this.endpoint = endpoint;
    this.maxConnections = config.maxConnections();
    this.maxPending = config.maxPending();
    this.idleMillis = config.idle().toMillis();
    this.multiplexed = config.h2();
    this.connector = connector;
    this.millis = millis;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  int open() {
    return open;
  }

  int idle() {
    return available.size();
  }

  int inFlight() {
    return inFlight;
  }

  int pending() {
    return pending.size();
  }

  /**
   * Gives the taker a connection, now or later; false when too many wait already.
   *
   * @param fresh only a connection that has carried nothing yet will do
   */
  boolean tryTake(Taker taker, boolean fresh) {
    Link link = fresh ? null : warm(taker.repeatable());
    if (link != null) {
      give(link, taker);
      return true;
    }
    if (open < maxConnections || (fresh && makeRoom())) {
      connect(taker);
      return true;
    }
    if (pending.size() >= maxPending) {
      return false;
    }
    pending.addLast(taker);
    return true;
  }

  /** The taker no longer wants to wait. */
  void forget(Taker taker) {
    pending.remove(taker);
  }

  private @Nullable Link warm(boolean repeatable) {
    Link link = available.peekLast();
    if (link == null) {
      return null;
    }
    if (!repeatable
        && link.requests == 0
        && link.used
        && millis.getAsLong() - link.idleSince > FRESH_MILLIS) {
      if (open >= maxConnections) {
        makeRoom();
      }
      return null;
    }
    return link;
  }

  /** Closes the connection that has been idle for longest. */
  private boolean makeRoom() {
    Link oldest = available.peekFirst();
    if (oldest == null || oldest.requests > 0) {
      return false;
    }
    drop(oldest);
    return true;
  }

  private void give(Link link, Taker taker) {
    link.requests++;
    inFlight++;
    if (link.requests >= link.capacity && link.stacked) {
      remove(link);
    }
    taker.onLink(link);
  }

  private void remove(Link link) {
    link.stacked = false;
    if (available.peekLast() == link) {
      available.pollLast();
    } else {
      available.remove(link);
    }
  }

  private void connect(Taker taker) {
    open++;
    connector
        .apply(endpoint)
        .onComplete(
            connection -> {
              int capacity = multiplexed ? Math.clamp(connection.maxActiveStreams(), 1, 1000) : 1;
              Link link = new Link(connection, capacity);
              connection.closeHandler(v -> closed(link));
              give(link, taker);
              offer(link);
            },
            cause -> {
              open--;
              taker.onConnectFailure(cause);
              refill();
            });
  }

  /**
   * A request on the link is over.
   *
   * @param reusable false when the connection cannot carry another
   */
  void release(Link link, boolean reusable) {
    link.requests--;
    link.used = true;
    inFlight--;
    link.idleSince = millis.getAsLong();
    if (link.closed) {
      return;
    }
    if (!reusable) {
      drop(link);
      return;
    }
    Taker next = pending.pollFirst();
    if (next != null) {
      give(link, next);
    }
    offer(link);
  }

  private void offer(Link link) {
    if (!link.stacked && !link.closed && link.requests < link.capacity) {
      link.stacked = true;
      available.addLast(link);
    }
  }

  private void drop(Link link) {
    closed(link);
    link.connection.close();
  }

  private void closed(Link link) {
    if (link.closed) {
      return;
    }
    link.closed = true;
    open--;
    if (link.stacked) {
      remove(link);
    }
    refill();
  }

  private void refill() {
    while (open < maxConnections && !pending.isEmpty()) {
      connect(pending.pollFirst());
    }
  }

  /** Closes what has been idle for too long, the oldest first. */
  void sweep() {
    long now = millis.getAsLong();
    for (Link link = available.peekFirst();
        link != null && link.requests == 0 && now - link.idleSince > idleMillis;
        link = available.peekFirst()) {
      drop(link);
    }
  }
}
