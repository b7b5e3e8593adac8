package dev.tidegate.ingress.connection;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.http1.Http1ServerConnection;
import io.vertx.core.http.impl.tcp.Http1xOrH2CHandler;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.core.net.impl.VertxConnection;
import java.net.InetSocketAddress;
import java.util.Locale;

/**
 * Whatever of INGRESS reaches below Vert.x's HTTP API, each assumption in one method: an upgrade
 * that breaks one is mended here.
 */
final class HttpInternals {
  private static final String HTTP1_DECODER = "httpDecoder";

  private HttpInternals() {}

  /** The socket's channel, also of an HTTP/2 connection. */
  static Channel channel(HttpConnection connection) {
    return ((ConnectionBase) connection).channel();
  }

  /** The socket's other end, whatever a PROXY header says; empty when it is gone. */
  static String peer(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress peer
        ? peer.getAddress().getHostAddress()
        : "";
  }

  /** Whether the protocol that has been settled on is HTTP/2. */
  static boolean http2(Channel channel) {
    return channel.pipeline().get(Http2ConnectionHandler.class) != null;
  }

  /**
   * Requests come straight to us: over HTTP/1 Vert.x would look for WebSockets first, and answer
   * unknown versions itself.
   */
  static void serve(HttpConnection connection, Handler<HttpServerRequest> requests) {
    if (connection instanceof Http1ServerConnection http1) {
      http1.handler(requests);
    }
  }

  /** Begins to read along behind the codec of a connection whose protocol is settled. */
  static BodyEnds readAlong(Channel channel) {
    ChannelPipeline pipeline = channel.pipeline();
    Http1Messages messages = pipeline.get(Http1Messages.class);
    Http2ConnectionHandler http2 = pipeline.get(Http2ConnectionHandler.class);
    if (http2 != null) {
      if (messages != null) {
        pipeline.remove(messages);
      }
      return new Http2Requests(http2);
    }
    if (messages == null) {
      messages = new Http1Messages();
      pipeline.addAfter(HTTP1_DECODER, null, messages);
    }
    return messages;
  }

  /**
   * Lets {@link Http1Messages} see the first request of a clear-text connection before Vert.x
   * upgrades it. Called with the first bytes, which settle the protocol and install its codec.
   */
  static void readFromTheFirst(ChannelPipeline pipeline) {
    ChannelHandlerContext settling = pipeline.context(Http1xOrH2CHandler.class);
    if (settling != null) {
      pipeline.addAfter(settling.name(), null, new Settled());
    }
  }

  /** The first to see the first bytes once the codec is there. */
  private static final class Settled extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) {
      if (ctx.pipeline().get(HTTP1_DECODER) != null) {
        ctx.pipeline().addAfter(HTTP1_DECODER, null, new Http1Messages());
      }
      ctx.pipeline().remove(this);
      ctx.fireChannelRead(bytes);
    }
  }

  /** Whether a connection stays when the peer has ended its side, or closes. */
  static void keepHalf(Channel channel, boolean keep) {
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, keep);
  }

  /** Puts the handler where bytes come in, before anything has been made of them. */
  static void addBeforeCodec(Channel channel, String name, ChannelHandler handler) {
    ChannelPipeline pipeline = channel.pipeline();
    Http2ConnectionHandler http2 = pipeline.get(Http2ConnectionHandler.class);
    pipeline.addBefore(
        http2 == null ? HTTP1_DECODER : pipeline.context(http2).name(), name, handler);
  }

  /**
   * Tells an HTTP/2 caller that it asks for more than it takes (RFC 9113, section 7). What it has
   * asked for goes on: this is written past the handler, which would close the connection.
   */
  static void goAway(Channel channel) {
    ChannelPipeline pipeline = channel.pipeline();
    Http2ConnectionHandler http2 = pipeline.get(Http2ConnectionHandler.class);
    if (http2 == null) {
      return;
    }
    ChannelHandlerContext context = pipeline.context(http2);
    int last = http2.connection().remote().lastStreamCreated();
    long calm = Http2Error.ENHANCE_YOUR_CALM.code();
    try {
      http2.connection().goAwaySent(last, calm, Unpooled.EMPTY_BUFFER);
    } catch (Http2Exception e) {
      channel.close();
      return;
    }
    http2
        .encoder()
        .frameWriter()
        .writeGoAway(context, last, calm, Unpooled.EMPTY_BUFFER, context.newPromise());
    context.flush();
  }

  /**
   * Sends at once what is written to a stream without a window: else the head of the answer would
   * wait there with the body.
   */
  static void flushBlocked(Channel channel, HttpServerRequest request) {
    Http2ConnectionHandler http2 = channel.pipeline().get(Http2ConnectionHandler.class);
    Http2Stream stream = http2 == null ? null : http2.connection().stream((int) request.streamId());
    if (stream != null && !http2.encoder().flowController().isWritable(stream)) {
      channel.flush();
    }
  }

  /** Whether a body follows an HTTP/2 head, which the headers do not tell but the stream does. */
  static boolean bodyFollows(Channel channel, HttpServerRequest request) {
    Http2ConnectionHandler handler = channel.pipeline().get(Http2ConnectionHandler.class);
    Http2Stream stream =
        handler == null ? null : handler.connection().stream((int) request.streamId());
    return stream != null && stream.state().remoteSideOpen();
  }

  /**
   * Writes an interim answer (RFC 9110 15.2), of which Vert.x has methods for 100 and 103 alone.
   */
  static void writeInterim(HttpServerRequest request, int status, MultiMap headers) {
    ChannelPipeline pipeline = channel(request.connection()).pipeline();
    Http2ConnectionHandler http2 = pipeline.get(Http2ConnectionHandler.class);
    if (http2 == null) {
      HttpHeaders fields = new DefaultHttpHeaders();
      headers.forEach((name, value) -> fields.add(name, value));
      ((VertxConnection) request.connection())
          .writeToChannel(
              new DefaultFullHttpResponse(
                  HttpVersion.HTTP_1_1,
                  HttpResponseStatus.valueOf(status),
                  Unpooled.EMPTY_BUFFER,
                  fields,
                  EmptyHttpHeaders.INSTANCE));
    } else {
      Http2Headers fields = new DefaultHttp2Headers().status(Integer.toString(status));
      headers.forEach((name, value) -> fields.add(name.toLowerCase(Locale.ROOT), value));
      ChannelHandlerContext context = pipeline.context(http2);
      http2
          .encoder()
          .writeHeaders(context, (int) request.streamId(), fields, 0, false, context.newPromise());
      context.flush();
    }
  }
}
