package dev.tidegate.ingress.connection;

import dev.tidegate.policy.ClientCertificate;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.AttributeKey;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a caller: who is at the other end, how many requests it has carried, and since
 * when we wait for it. Sits where the bytes come in; lives on the connection's event loop.
 *
 * <pre>
 *         its first byte            its whole head
 *  IDLE -----------------> HEAD --------------------> BUSY ---+
 *  |  ^                     |                           |     | answered before the body's end
 *  |  +---------------------|----- all is answered -----+     v
 *  |                        |                             LINGERING
 *  | waits too long         | comes too slowly                | for long enough
 *  +------------------> CLOSING <-----------------------------+
 * </pre>
 *
 * Over HTTP/2, where requests overlap, a head's time is not bounded on its own. A caller that does
 * not take its answers is read from no more until it does, and is let go when it does not for long.
 */
public final class ClientConnection extends ChannelInboundHandlerAdapter {
  private static final AttributeKey<ClientConnection> KEY =
      AttributeKey.valueOf("tidegate.connection");

  private enum State {
    /** Waits for a request. */
    IDLE,
    /** Bytes have come, but not a whole head. */
    HEAD,
    /** Requests are in flight. */
    BUSY,
    /** Reads on for a moment, so that the answer is not lost in a reset. */
    LINGERING,
    CLOSING
  }

  private final Channel channel;
  private final Connections connections;
  private final String peer;
  private final boolean trusted;
  private final boolean http2;
  private final boolean tls;
  private final @Nullable ClientCertificate certificate;
  int index = -1;
  private State state = State.IDLE;
  private long since;
  private long lastRead;
  private int requests;
  private int active;
  private @Nullable InFlight current;
  private final List<InFlight> streams = new ArrayList<>();
  private final Unsent unsent;
  private final BodyEnds bodyEnds;
  private boolean deaf;
  private long calmedAt = Long.MAX_VALUE;
  private @Nullable Farewell farewell;
  private @Nullable String lastHost;
  private String lastForwarded = "";

  ClientConnection(
      Channel channel,
      Connections connections,
      String peer,
      boolean http2,
      @Nullable SSLSession tls) {
    this.channel = channel;
    this.connections = connections;
    this.peer = peer;
    this.trusted = connections.proxies().trusts(peer);
    this.http2 = http2;
    this.tls = tls != null;
    this.certificate = ClientCertificate.of(tls);
    this.since = connections.now();
    this.lastRead = since;
    this.unsent = new Unsent(channel, connections.limits().unsent());
    this.bodyEnds = HttpInternals.readAlong(channel);
    channel.attr(KEY).set(this);
  }

  /** The one that a request came on. */
  public static ClientConnection of(HttpConnection connection) {
    return HttpInternals.channel(connection).attr(KEY).get();
  }

  private void enter(State next) {
    state = next;
    since = connections.now();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    lastRead = connections.now();
    if (state == State.IDLE) {
      enter(State.HEAD);
    }
    ctx.fireChannelRead(message);
    if (unsent.tooMuchForSocket()) {
      deaf = true;
      channel.config().setAutoRead(false);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (deaf && channel.isWritable()) {
      deaf = false;
      channel.config().setAutoRead(true);
    }
    ctx.fireChannelWritabilityChanged();
  }

  /**
   * The caller has ended its side. What it has asked for whole is answered; without {@link
   * HttpInternals#keepHalf} the channel closes instead.
   */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    ctx.fireUserEventTriggered(event);
    if (event == ChannelInputShutdownEvent.INSTANCE && farewell == null) {
      farewell = new Farewell();
      InFlight request = current;
      if (request == null || !request.whole()) {
        closeFlushed();
      } else {
        request.probe();
      }
    }
  }

  private void closeFlushed() {
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  /** Another protocol takes over, for which the end of one side is the end. */
  public void switched() {
    HttpInternals.keepHalf(channel, false);
  }

  /** A request's head has been read; true when this should be the connection's last. */
  public boolean begin(InFlight request) {
    requests++;
    active++;
    current = request;
    if (http2) {
      streams.add(request);
      if (unsent.tooMuchForWindows()) {
        calm();
      }
    }
    if (state == State.IDLE || state == State.HEAD) {
      enter(State.BUSY);
    }
    return connections.draining() || (!http2 && requests >= connections.limits().requests());
  }

  /** A request has been answered, or has been given up. */
  public void end(InFlight request) {
    active--;
    if (current == request) {
      current = null;
    }
    streams.remove(request);
    if (active == 0 && state == State.BUSY) {
      enter(State.IDLE);
      if (farewell != null) {
        // Another one that came with it may begin in this turn.
        channel.eventLoop().execute(this::closeIdle);
      }
    }
  }

  private void closeIdle() {
    if (state == State.IDLE) {
      closeFlushed();
    }
  }

  /** An answer has been handed over whole: what of it has not left when this is over counts. */
  public void answered(Future<Void> sent, int bytes) {
    if (http2) {
      unsent.add(sent, bytes);
    }
  }

  /** Takes no more requests over HTTP/2. */
  private void calm() {
    if (calmedAt == Long.MAX_VALUE) {
      calmedAt = connections.now();
      HttpInternals.goAway(channel);
    }
  }

  /** Reads on for a moment, so that the answer is not lost in a reset, and then closes. */
  public void linger() {
    enter(State.LINGERING);
  }

  /** Holds the connection to its limits; called now and then. */
  void sweep(long now) {
    long waited = now - since;
    long most = connections.sendMillis();
    if (state != State.CLOSING && (unsent.standstill(now) > most || calmedAt < now - most)) {
      abandon();
      return;
    }
    switch (state) {
      case IDLE -> closeAfter(waited, connections.idleMillis());
      case HEAD -> {
        if (http2) {
          closeAfter(waited, connections.idleMillis());
        } else if (waited > connections.headMillis()) {
          refuse();
        }
      }
      case BUSY -> {
        InFlight request = current;
        if (request != null
            && request.readingBody()
            && channel.config().isAutoRead()
            && now - lastRead > connections.bodyMillis()) {
          request.slowBody();
        }
        slowCallers(now);
        Farewell said = farewell;
        if (said != null && request != null && said.gone(request, now)) {
          channel.close();
        }
      }
      case LINGERING -> closeAfter(waited, Connections.LINGER_MILLIS);
      case CLOSING -> {}
    }
  }

  private void slowCallers(long now) {
    InFlight only = current;
    if (!http2 && only != null && only.untakenSince() < now - connections.sendMillis()) {
      only.slowCaller();
    }
    for (int i = streams.size() - 1; i >= 0; i--) {
      if (i < streams.size() && streams.get(i).untakenSince() < now - connections.sendMillis()) {
        streams.get(i).slowCaller();
      }
    }
  }

  /** The caller takes nothing any more: from here, because the codecs would wait for it. */
  private void abandon() {
    calm();
    enter(State.CLOSING);
    ChannelHandlerContext here = channel.pipeline().context(this);
    if (here != null) {
      here.close();
    }
  }

  private void closeAfter(long waited, long most) {
    if (waited > most) {
      enter(State.CLOSING);
      channel.close();
    }
  }

  private void refuse() {
    enter(State.CLOSING);
    ChannelHandlerContext here = channel.pipeline().context(this);
    if (here != null) {
      here.writeAndFlush(RawRefusal.tooSlow(connections.newId()))
          .addListener(ChannelFutureListener.CLOSE);
    }
  }

  /** Whether every answer is its connection's last from now on. */
  public boolean draining() {
    return connections.draining();
  }

  /** Monotonic milliseconds, as of the last sweep. */
  public long now() {
    return connections.now();
  }

  /** The address at the other end. */
  public String peer() {
    return peer;
  }

  /** Whether the other end is a proxy whose word on callers is taken. */
  public boolean trusted() {
    return trusted;
  }

  /** What the caller has proven in the handshake, or null. */
  public @Nullable ClientCertificate certificate() {
    return certificate;
  }

  public boolean http2() {
    return http2;
  }

  public String scheme() {
    return tls ? "https" : "http";
  }

  /** The caller's address, as trusted proxies saw it. */
  public String client(MultiMap headers) {
    return trusted ? connections.proxies().client(headers, peer) : peer;
  }

  /** Whether a body follows an HTTP/2 head, which the headers do not tell but the stream does. */
  public boolean bodyFollows(HttpServerRequest request) {
    return HttpInternals.bodyFollows(channel, request);
  }

  /** Which of the connection's requests this is, for {@link #malformed} and {@link #trailers}. */
  public int number(HttpServerRequest request) {
    return http2 ? (int) request.streamId() : requests;
  }

  /** Whether the request's body broke the rules of its framing, so that nothing follows it. */
  public boolean malformed(int request) {
    return bodyEnds.malformed(request);
  }

  /** What followed the request's body (RFC 9110 6.5), or null. */
  public @Nullable MultiMap trailers(int request) {
    return bodyEnds.trailers(request);
  }

  /** The first bytes of an answer have been written over HTTP/2. */
  public void begun(HttpServerRequest request) {
    HttpInternals.flushBlocked(channel, request);
  }

  /** Writes an interim answer (1xx) to a request that has no answer yet. */
  public void interim(HttpServerRequest request, int status, MultiMap headers) {
    HttpInternals.writeInterim(request, status, headers);
  }

  /** The Forwarded element (RFC 7239) for the peer, remembered for the connection's usual host. */
  public String forwarded(@Nullable String host) {
    if (lastForwarded.isEmpty() || !Objects.equals(host, lastHost)) {
      String node = peer.indexOf(':') >= 0 ? "\"[" + peer + "]\"" : peer;
      lastForwarded =
          "for=" + node + (host == null ? "" : ";host=\"" + host + '"') + ";proto=" + scheme();
      lastHost = host;
    }
    return lastForwarded;
  }
}
