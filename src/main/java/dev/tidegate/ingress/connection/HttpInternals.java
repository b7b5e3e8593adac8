package dev.tidegate.ingress.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.http1.Http1ServerConnection;
import io.vertx.core.net.impl.ConnectionBase;

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

  /** Puts the handler where bytes come in, before anything has been made of them. */
  static void addBeforeCodec(Channel channel, String name, ChannelHandler handler) {
    ChannelPipeline pipeline = channel.pipeline();
    Http2ConnectionHandler http2 = pipeline.get(Http2ConnectionHandler.class);
    pipeline.addBefore(
        http2 == null ? HTTP1_DECODER : pipeline.context(http2).name(), name, handler);
  }

  /** Whether a body follows an HTTP/2 head, which the headers do not tell but the stream does. */
  static boolean bodyFollows(Channel channel, HttpServerRequest request) {
    Http2ConnectionHandler handler = channel.pipeline().get(Http2ConnectionHandler.class);
    Http2Stream stream =
        handler == null ? null : handler.connection().stream((int) request.streamId());
    return stream != null && stream.state().remoteSideOpen();
  }
}
