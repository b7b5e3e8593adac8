package dev.tidegate.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.UnpooledHttpClientConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Locale;

/**
 * Whatever of UPSTREAM reaches below Vert.x's HTTP client, each assumption in one method: an
 * upgrade that breaks one is mended here.
 */
final class ClientInternals {
  /**
   * Under which the status of an interim answer travels through Vert.x. An upstream that sends it
   * itself can but choose among the interim statuses.
   */
  private static final AsciiString STATUS = AsciiString.cached("x-tidegate-interim-status");

  private static final AsciiString EARLY_HINTS = AsciiString.cached("103");

  private ClientInternals() {}

  /**
   * Vert.x takes every interim answer but 100 and 103 for the final one (RFC 9110 15.2): they come
   * as early hints, from which {@link #interimStatus} reads what they were.
   */
  static HttpClientConnection withInterims(HttpClientConnection connection) {
    ConnectionBase base = base(connection);
    Channel channel = base.channel();
    Http2ConnectionHandler http2 = channel.pipeline().get(Http2ConnectionHandler.class);
    if (http2 == null) {
      String before = base.channelHandlerContext().name();
      channel.pipeline().addBefore(before, "interims", new Http1Interims());
    } else {
      http2.decoder().frameListener(new Http2Interims(http2.decoder().frameListener()));
    }
    return connection;
  }

  /**
   * Whether the stream did not come to be (its number is negative until then), or the other side
   * has said goodbye with an earlier one as the last that it looked at. Vert.x does not tell its
   * goodbye from ours.
   */
  static boolean unseen(HttpClientConnection connection, long stream) {
    ConnectionBase base = (ConnectionBase) ((UnpooledHttpClientConnection) connection).unwrap();
    Http2ConnectionHandler http2 = base.channel().pipeline().get(Http2ConnectionHandler.class);
    if (http2 == null) {
      return false;
    }
    Http2Connection streams = http2.connection();
    return stream < 0
        || (streams.goAwayReceived() && stream > streams.local().lastStreamKnownByPeer());
  }

  /**
   * Ends a request, whose head and body have left, with trailers: Vert.x knows those of answers
   * only. Over HTTP/1 they need chunks to follow; where a length was told they are left out.
   */
  static void end(HttpClientRequest request, MultiMap trailers) {
    ConnectionBase base = base(request.connection());
    ChannelPipeline pipeline = base.channel().pipeline();
    Http2ConnectionHandler http2 = pipeline.get(Http2ConnectionHandler.class);
    if (http2 == null) {
      String before = base.channelHandlerContext().name();
      pipeline.addBefore(before, null, new LastWithTrailers(trailers));
      request.end();
      return;
    }
    Http2Headers fields = new DefaultHttp2Headers();
    trailers.forEach((name, value) -> fields.add(name.toLowerCase(Locale.ROOT), value));
    ChannelHandlerContext context = pipeline.context(http2);
    http2
        .encoder()
        .writeHeaders(context, (int) request.streamId(), fields, 0, true, context.newPromise());
    context.flush();
    // It is over for Vert.x too: the end that this would send fails, and nobody asks for it.
    request.end();
  }

  private static ConnectionBase base(HttpConnection connection) {
    return (ConnectionBase)
        (connection instanceof UnpooledHttpClientConnection outer ? outer.unwrap() : connection);
  }

  /** Puts the trailers at the end of the request that ends next, and is gone. */
  private static final class LastWithTrailers extends ChannelOutboundHandlerAdapter {
    private final MultiMap trailers;

    LastWithTrailers(MultiMap trailers) {
      this.trailers = trailers;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      if (!(message instanceof LastHttpContent last)) {
        ctx.write(message, promise);
        return;
      }
      LastHttpContent whole = new DefaultLastHttpContent(last.content());
      trailers.forEach((name, value) -> whole.trailingHeaders().add(name, value));
      ctx.pipeline().remove(this);
      ctx.write(whole, promise);
    }
  }

  /** The status of an interim answer, which is taken out of its headers. */
  static int interimStatus(MultiMap headers) {
    String status = headers.get(STATUS);
    if (status == null) {
      return HttpResponseStatus.EARLY_HINTS.code();
    }
    headers.remove(STATUS);
    return status.length() == 3 && status.charAt(0) == '1' && digits(status)
        ? Integer.parseInt(status)
        : HttpResponseStatus.EARLY_HINTS.code();
  }

  private static boolean digits(String text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** 100 is for whoever asked for it, 101 is no interim answer, and 103 needs no change. */
  private static boolean unknown(int status) {
    return status > 101 && status < 200 && status != 103;
  }

  private static final class Http1Interims extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof HttpResponse response && unknown(response.status().code())) {
        response.headers().set(STATUS, Integer.toString(response.status().code()));
        response.setStatus(HttpResponseStatus.EARLY_HINTS);
      }
      ctx.fireChannelRead(message);
    }
  }

  private static final class Http2Interims extends Http2FrameListenerDecorator {
    Http2Interims(Http2FrameListener listener) {
      super(listener);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx, int stream, Http2Headers headers, int padding, boolean end)
        throws Http2Exception {
      super.onHeadersRead(ctx, stream, interim(headers), padding, end);
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
      super.onHeadersRead(
          ctx, stream, interim(headers), dependency, weight, exclusive, padding, end);
    }

    private static Http2Headers interim(Http2Headers headers) {
      CharSequence status = headers.status();
      if (status != null && status.length() == 3 && status.charAt(0) == '1') {
        int code = number(status);
        if (unknown(code)) {
          headers.set(STATUS, status.toString());
          headers.status(EARLY_HINTS);
        }
      }
      return headers;
    }

    private static int number(CharSequence status) {
      String text = status.toString();
      return digits(text) ? Integer.parseInt(text) : -1;
    }
  }
}
