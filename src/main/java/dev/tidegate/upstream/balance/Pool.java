package dev.tidegate.upstream.balance;

import dev.tidegate.upstream.balance.Link.Place;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The keep-alive connections of one event loop to one endpoint: a stack, so that the warmest is
 * used first and the rest can go idle, and a bounded queue of those who wait. Lives on its event
 * loop.
 */
public final class Pool implements Connector {
  /**
   * A request that must not be repeated does not use a connection that has been idle for longer:
   * the other side may be closing it at this moment, and nobody could tell whether the request
   * arrived.
   */
  static final long FRESH_MILLIS = 2_000;

  /** No connection carries more requests at once, whatever the other side allows. */
  private static final int MOST_STREAMS = 1_000;

  /**
   * What a pool is held to.
   *
   * @param pending how many may wait for a connection
   * @param idle how long a connection may carry nothing
   */
  public record Bounds(int connections, int pending, Duration idle) {}

  private final int number;
  private final int weight;
  private final Bounds bounds;
  private final long idleMillis;
  private final Supplier<Future<HttpClientConnection>> opener;
  private final LongSupplier millis;
  private final ArrayDeque<Link> offered = new ArrayDeque<>();
  private final ArrayDeque<Taker> pending = new ArrayDeque<>();
  private int open;
  private int inFlight;

  /** A pool that is empty; the opener connects to its endpoint. */
  public Pool(
      int number,
      int weight,
      Bounds bounds,
      Supplier<Future<HttpClientConnection>> opener,
      LongSupplier millis) {
    this.number = number;
    this.weight = weight;
    this.bounds = bounds;
    this.idleMillis = bounds.idle().toMillis();
    this.opener = opener;
    this.millis = millis;
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public int weight() {
    return weight;
  }

  public int open() {
    return open;
  }

  public int idle() {
    return offered.size();
  }

  public int inFlight() {
    return inFlight;
  }

  public int pending() {
    return pending.size();
  }

  @Override
  public int load() {
    return inFlight + pending.size();
  }

  @Override
  public boolean tryTake(Taker taker, boolean fresh) {
    Link link = fresh ? null : warm(taker.repeatable());
    if (link != null) {
      give(link, taker);
      return true;
    }
    if (open < bounds.connections() || (fresh && makeRoom())) {
      connect(taker);
      return true;
    }
    if (pending.size() >= bounds.pending()) {
      return false;
    }
    pending.addLast(taker);
    return true;
  }

  @Override
  public void forget(Taker taker) {
    pending.remove(taker);
  }

  private @Nullable Link warm(boolean repeatable) {
    Link link = offered.peekLast();
    if (link == null) {
      return null;
    }
    if (!repeatable
        && link.requests == 0
        && link.used
        && millis.getAsLong() - link.idleSince > FRESH_MILLIS) {
      if (open >= bounds.connections()) {
        makeRoom();
      }
      return null;
    }
    return link;
  }

  /** Closes the connection that has been idle for longest. */
  private boolean makeRoom() {
    Link oldest = offered.peekFirst();
    if (oldest == null || oldest.requests > 0) {
      return false;
    }
    drop(oldest);
    return true;
  }

  private void give(Link link, Taker taker) {
    link.requests++;
    inFlight++;
    if (link.requests >= link.capacity && link.place == Place.OFFERED) {
      withdraw(link, Place.OUT);
    }
    taker.onLink(link);
  }

  private void withdraw(Link link, Place to) {
    link.place = to;
    if (offered.peekLast() == link) {
      offered.pollLast();
    } else {
      offered.remove(link);
    }
  }

  private void connect(Taker taker) {
    open++;
    opener
        .get()
        .onComplete(
            connection -> {
              int capacity =
                  connection.protocolVersion() == HttpVersion.HTTP_2
                      ? Math.clamp(connection.maxActiveStreams(), 1, MOST_STREAMS)
                      : 1;
              Link link = new Link(connection, capacity);
              connection.closeHandler(v -> closed(link));
              if (capacity > 1) {
                // Who says goodbye ends what it has begun, and begins nothing more.
                connection.goAwayHandler(goodbye -> closed(link));
              }
              // Whoever uses it learns of it; Vert.x would log each, without limit.
              connection.exceptionHandler(e -> {});
              give(link, taker);
              offer(link);
            },
            cause -> {
              open--;
              taker.onConnectFailure(cause);
              refill();
            });
  }

  @Override
  public void release(Link link, boolean reusable) {
    link.requests--;
    link.used = true;
    inFlight--;
    link.idleSince = millis.getAsLong();
    if (link.place == Place.CLOSED) {
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

  @Override
  public void detach(Link link) {
    closed(link);
  }

  private void offer(Link link) {
    if (link.place == Place.OUT && link.requests < link.capacity) {
      link.place = Place.OFFERED;
      offered.addLast(link);
    }
  }

  private void drop(Link link) {
    closed(link);
    link.connection.close();
  }

  private void closed(Link link) {
    if (link.place == Place.CLOSED) {
      return;
    }
    open--;
    if (link.place == Place.OFFERED) {
      withdraw(link, Place.CLOSED);
    }
    link.place = Place.CLOSED;
    refill();
  }

  private void refill() {
    while (open < bounds.connections() && !pending.isEmpty()) {
      connect(pending.pollFirst());
    }
  }

  /** Closes what has been idle for too long, the oldest first. */
  public void sweep() {
    long now = millis.getAsLong();
    for (Link link = offered.peekFirst();
        link != null && link.requests == 0 && now - link.idleSince > idleMillis;
        link = offered.peekFirst()) {
      drop(link);
    }
  }
}
