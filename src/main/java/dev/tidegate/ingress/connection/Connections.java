package dev.tidegate.ingress.connection;

import dev.tidegate.loop.CoarseClock;
import dev.tidegate.loop.Loop;
import dev.tidegate.net.TrustedProxies;
import io.netty.channel.Channel;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The connections of one event loop: counted, bounded, and swept now and then for those that keep
 * us waiting. One sweep costs less than timers on each.
 */
public final class Connections {
  static final long LINGER_MILLIS = 2_000;

  private final List<ClientConnection> all = new ArrayList<>();
  private final ConnectionLimits limits;
  private final long idleMillis;
  private final long headMillis;
  private final long bodyMillis;
  private final long sendMillis;
  private final TrustedProxies proxies;
  private final CoarseClock clock;
  private final Supplier<String> ids;
  private final FirstHead firstHead;
  private boolean draining;

  /**
   * None yet.
   *
   * @param ids names requests that cannot be read
   */
  public Connections(
      ConnectionLimits limits, TrustedProxies proxies, Loop loop, Supplier<String> ids) {
    this.limits = limits;
    this.idleMillis = limits.idle().toMillis();
    this.headMillis = limits.head().toMillis();
    this.bodyMillis = limits.body().toMillis();
    this.sendMillis = limits.send().toMillis();
    this.proxies = proxies;
    this.clock = new CoarseClock(loop);
    this.ids = ids;
    this.firstHead = new FirstHead(headMillis, ids);
  }

  /**
   * Takes charge of a connection whose protocol has just been settled.
   *
   * @param proxied whether it has begun with a PROXY header, which only trusted peers may send
   */
  public void opened(
      HttpConnection connection, Handler<HttpServerRequest> requests, boolean proxied) {
    Channel channel = HttpInternals.channel(connection);
    if (!connection.isSsl()) {
      firstHead.watch(channel.parent());
    }
    boolean refused = proxied && !proxies.trusts(HttpInternals.peer(channel));
    if (refused || all.size() >= limits.connections()) {
      channel.close();
      return;
    }
    boolean http2 = HttpInternals.http2(channel);
    ClientConnection one =
        new ClientConnection(channel, this, address(connection), http2, connection.sslSession());
    one.index = all.size();
    all.add(one);
    connection.closeHandler(v -> closed(one));
    HttpInternals.serve(connection, requests);
    firstHead.passed(channel);
    if (!connection.isSsl()) {
      HttpInternals.keepHalf(channel, !http2);
    }
    HttpInternals.addBeforeCodec(channel, "connection", one);
  }

  private static String address(HttpConnection connection) {
    SocketAddress remote = connection.remoteAddress();
    return remote == null || remote.hostAddress() == null ? "unknown" : remote.hostAddress();
  }

  private void closed(ClientConnection one) {
    int index = one.index;
    if (index < 0) {
      return;
    }
    ClientConnection last = all.remove(all.size() - 1);
    if (last != one) {
      all.set(index, last);
      last.index = index;
    }
    one.index = -1;
  }

  /** Holds all to their limits; called some times a second. */
  public void sweep() {
    long now = clock.tick();
    for (int i = all.size() - 1; i >= 0; i--) {
      if (i < all.size()) {
        all.get(i).sweep(now);
      }
    }
  }

  /** From now on every answer is its connection's last. */
  public void drain() {
    draining = true;
  }

  public int size() {
    return all.size();
  }

  /** A new name for a request that bears none. */
  String newId() {
    return ids.get();
  }

  /** Monotonic milliseconds, as of the last sweep; our own standstill does not count. */
  long now() {
    return clock.now();
  }

  /** Whether every answer is its connection's last. */
  public boolean draining() {
    return draining;
  }

  TrustedProxies proxies() {
    return proxies;
  }

  ConnectionLimits limits() {
    return limits;
  }

  long idleMillis() {
    return idleMillis;
  }

  long headMillis() {
    return headMillis;
  }

  long bodyMillis() {
    return bodyMillis;
  }

  long sendMillis() {
    return sendMillis;
  }
}
