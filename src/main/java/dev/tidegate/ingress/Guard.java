package dev.tidegate.ingress;

import dev.tidegate.problem.Problem;
import dev.tidegate.problem.ProblemDocument;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What we know of one connection: who is at the other end, how many requests it has carried, and
 * since when we wait for it. Sits where the bytes come in; lives on the connection's event loop.
 */
final class Guard extends ChannelInboundHandlerAdapter {
  static final AttributeKey<Guard> KEY = AttributeKey.valueOf("tidegate.guard");

  final Channel channel;
  final String peer;
  final boolean trusted;
  final boolean http2;
  final boolean tls;
  private final Connections connections;
  int index = -1;
  private int requests;
  private int active;
  private long lastRead;
  private long waitingSince;
  private long lingerUntil;
  private boolean headBegun;
  private @Nullable HttpExchange current;
  private @Nullable String lastHost;
  private String lastForwarded = "";

  Guard(Channel channel, Connections connections, String peer, boolean http2, boolean tls) {
    this.channel = channel;
    this.connections = connections;
    this.peer = peer;
    this.trusted = connections.proxies().trusts(peer);
    this.http2 = http2;
    this.tls = tls;
    this.waitingSince = connections.now();
    this.lastRead = waitingSince;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    lastRead = connections.now();
    if (active == 0 && !headBegun) {
      headBegun = true;
      waitingSince = lastRead;
    }
    ctx.fireChannelRead(message);
  }

  /** A request's head has been read; true when this should be the connection's last. */
  boolean begin(HttpExchange exchange) {
    requests++;
    active++;
    headBegun = false;
    current = exchange;
    return connections.draining() || (!http2 && requests >= connections.maxRequests());
  }

  boolean draining() {
    return connections.draining();
  }

  void end(HttpExchange exchange) {
    active--;
    if (current == exchange) {
      current = null;
    }
    if (active == 0) {
      headBegun = false;
      waitingSince = connections.now();
    }
  }

  /** Reads on for a moment, so that the answer is not lost in a reset, and then closes. */
  void linger() {
    lingerUntil = connections.now() + Connections.LINGER_MILLIS;
  }

  /** The Forwarded element for the peer, remembered for the connection's usual host. */
  String forwarded(@Nullable String host) {
    if (lastForwarded.isEmpty() || !java.util.Objects.equals(host, lastHost)) {
      String node = peer.indexOf(':') >= 0 ? "\"[" + peer + "]\"" : peer;
      lastForwarded =
          "for=" + node + (host == null ? "" : ";host=\"" + host + '"') + ";proto=" + scheme();
      lastHost = host;
    }
    return lastForwarded;
  }

  /** The caller's address as trusted proxies saw it. */
  String client(MultiMap headers) {
    return connections.proxies().client(headers, peer);
  }

  String scheme() {
    return tls ? "https" : "http";
  }

  void sweep(long now) {
    HttpExchange exchange = current;
    if (lingerUntil > 0 && now > lingerUntil) {
      channel.close();
    } else if (active > 0) {
      if (exchange != null
          && exchange.readingBody()
          && channel.config().isAutoRead()
          && now - lastRead > connections.bodyMillis()) {
        exchange.slowBody();
      }
    } else if (headBegun && !http2) {
      if (now - waitingSince > connections.headMillis()) {
        refuse();
      }
    } else if (now - waitingSince > connections.idleMillis()) {
      channel.close();
    }
  }

  private void refuse() {
    ChannelHandlerContext here = channel.pipeline().context(this);
    if (here != null) {
      here.writeAndFlush(tooSlow(connections.newId())).addListener(ChannelFutureListener.CLOSE);
    }
  }

  /** A whole answer, for when there is no request yet that could be answered otherwise. */
  static ByteBuf tooSlow(String id) {
    String body =
        ProblemDocument.render(
                Problem.REQUEST_TIMEOUT, "the head of the request arrived too slowly", id, null)
            .toString();
    String head =
        "HTTP/1.1 408 Request Timeout\r\ncontent-type: "
            + ProblemDocument.CONTENT_TYPE
            + "\r\nx-request-id: "
            + id
            + "\r\nconnection: close\r\ncontent-length: "
            + body.length()
            + "\r\n\r\n";
    return Unpooled.copiedBuffer(head + body, StandardCharsets.US_ASCII);
  }
}
