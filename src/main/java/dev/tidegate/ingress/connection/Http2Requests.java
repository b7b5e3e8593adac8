package dev.tidegate.ingress.connection;

import dev.tidegate.net.HttpTokens;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads along behind the codec of one HTTP/2 connection, for what Vert.x does not tell or does not
 * bear: trailers, which a stream keeps until it is closed, and methods that are none.
 */
final class Http2Requests extends Http2FrameListenerDecorator implements BodyEnds {
  private final Http2Connection connection;
  private final Http2Connection.PropertyKey trailers;
  private final StreamErrors errors;

  /** Takes its place before whoever listens to the handler's frames. */
  Http2Requests(Http2ConnectionHandler handler) {
    super(handler.decoder().frameListener());
    this.connection = handler.connection();
    this.trailers = connection.newKey();
    this.errors = new StreamErrors(handler);
    handler.decoder().frameListener(this);
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int stream, Http2Headers headers, int padding, boolean end)
      throws Http2Exception {
    if (passes(ctx, stream, headers)) {
      super.onHeadersRead(ctx, stream, headers, padding, end);
    }
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int stream,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean end)
      throws Http2Exception {
    if (passes(ctx, stream, headers)) {
      super.onHeadersRead(ctx, stream, headers, dependency, weight, exclusive, padding, end);
    }
  }

  /** A malformed request is an error of its stream alone (RFC 9113 8.1.1). */
  private boolean passes(ChannelHandlerContext ctx, int id, Http2Headers headers) {
    CharSequence method = headers.method();
    if (method == null) {
      Http2Stream stream = connection.stream(id);
      if (stream != null && !headers.isEmpty()) {
        stream.setProperty(trailers, headers);
      }
      return true;
    }
    errors.opened();
    if (HttpTokens.token(method)) {
      return true;
    }
    errors.resetStream(ctx, id, Http2Error.PROTOCOL_ERROR.code(), ctx.newPromise());
    return false;
  }

  /** The codec ends the stream itself. */
  @Override
  public boolean malformed(int request) {
    return false;
  }

  @Override
  public @Nullable MultiMap trailers(int request) {
    Http2Stream stream = connection.stream(request);
    Http2Headers headers = stream == null ? null : stream.getProperty(trailers);
    if (headers == null) {
      return null;
    }
    MultiMap all = MultiMap.caseInsensitiveMultiMap();
    headers.forEach(field -> all.add(field.getKey(), field.getValue()));
    return all;
  }
}
