package dev.tidegate.ingress;

import dev.tidegate.net.TrustedProxies;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The connections of one event loop: counted, bounded, and swept once a second for those that keep
 * us waiting. One sweep costs less than timers on each.
 */
final class Connections {
  static final long LINGER_MILLIS = 2_000;

  private static final WriteBufferWaterMark NEVER_FULL =
      new WriteBufferWaterMark(Integer.MAX_VALUE - 1, Integer.MAX_VALUE);

  private final List<Guard> all = new ArrayList<>();
  private final TrustedProxies proxies;
  private final LongSupplier millis;
  private final Supplier<String> ids;
  private final int maxConnections;
  private final int maxRequests;
  private final long idleMillis;
  private final long headMillis;
  private final long bodyMillis;
  private final FirstHead firstHead;
  private long now;
  private boolean draining;

  Connections(IngressConfig config, LongSupplier millis, Supplier<String> ids) {
    IngressConfig.Limits limits = config.limits();
    this.proxies = new TrustedProxies(config.trustedProxies());
    this.millis = millis;
    this.ids = ids;
    this.maxConnections = limits.connections();
    this.maxRequests = limits.requestsPerConnection();
    this.idleMillis = limits.idle().toMillis();
    this.headMillis = limits.head().toMillis();
    this.bodyMillis = limits.body().toMillis();
    this.firstHead = new FirstHead(headMillis, ids);
    this.now = millis.getAsLong();
  }

  /** Takes charge of a connection whose protocol has just been settled. */
  void opened(HttpConnection connection, Handler<HttpServerRequest> requests) {
    Channel channel = ((ConnectionBase) connection).channel();
    if (all.size() >= maxConnections) {
      channel.close();
      return;
    }
    ChannelPipeline pipeline = channel.pipeline();
    Http2ConnectionHandler http2 = pipeline.get(Http2ConnectionHandler.class);
    SocketAddress remote = connection.remoteAddress();
    String address =
        remote == null || remote.hostAddress() == null ? "unknown" : remote.hostAddress();
    if (http2 != null) {
      // Vert.x loses count of the socket's writability and then stands still for good; exchanges
      // count their own bytes instead. See docs/decisions/0004-http2-window.md.
      channel.config().setWriteBufferWaterMark(NEVER_FULL);
    }
    Guard guard = new Guard(channel, this, address, http2 != null, connection.isSsl());
    channel.attr(Guard.KEY).set(guard);
    guard.index = all.size();
    all.add(guard);
    connection.closeHandler(v -> closed(guard));
    // Straight to us: Vert.x would look for WebSockets first, and answer unknown versions itself.
    ((HttpServerConnection) connection).handler(requests);
    if (pipeline.get(FirstHead.NAME) != null) {
      pipeline.remove(FirstHead.NAME);
    }
    if (!connection.isSsl()) {
      firstHead.watch(channel.parent());
    }
    String before = http2 == null ? "httpDecoder" : pipeline.context(http2).name();
    pipeline.addBefore(before, "guard", guard);
  }

  private void closed(Guard guard) {
    int index = guard.index;
    if (index < 0) {
      return;
    }
    Guard last = all.remove(all.size() - 1);
    if (last != guard) {
      all.set(index, last);
      last.index = index;
    }
    guard.index = -1;
  }

  static Guard guard(HttpConnection connection) {
    return ((ConnectionBase) connection).channel().attr(Guard.KEY).get();
  }

  void sweep() {
    now = millis.getAsLong();
    for (int i = all.size() - 1; i >= 0; i--) {
      if (i < all.size()) {
        all.get(i).sweep(now);
      }
    }
  }

  /** From now on every answer is its connection's last. */
  void drain() {
    draining = true;
  }

  int size() {
    return all.size();
  }

  long now() {
    return now;
  }

  boolean draining() {
    return draining;
  }

  TrustedProxies proxies() {
    return proxies;
  }

  String newId() {
    return ids.get();
  }

  int maxRequests() {
    return maxRequests;
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
}
