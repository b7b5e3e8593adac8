package dev.tidegate.ingress.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.MultiMap;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Reads along behind the codec of one HTTP/1 connection, for what Vert.x does not tell: how bodies
 * end, and versions that are none of ours. It also decides which request may turn the connection
 * into HTTP/2.
 */
final class Http1Messages extends ChannelInboundHandlerAdapter implements BodyEnds {
  private static final String H2C = "h2c";
  private static final AsciiString SETTINGS = AsciiString.cached("http2-settings");

  /** An identifier and a value (RFC 9113 6.5.1). */
  private static final int SETTING_BYTES = 6;

  /**
   * How a body has ended, when not as usual.
   *
   * @param request its number on the connection, from 1
   * @param trailers null when it broke its framing
   */
  private record End(int request, @Nullable HttpHeaders trailers) {}

  private final Queue<End> ends = new ArrayDeque<>(2);
  private int requests;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Object passed = message;
    if (message instanceof DefaultHttpRequest request) {
      requests++;
      head(request);
    } else if (message != LastHttpContent.EMPTY_LAST_CONTENT
        && message instanceof LastHttpContent last) {
      passed = end(last);
    }
    ctx.fireChannelRead(passed);
  }

  private void head(DefaultHttpRequest request) {
    if (!is(request, HttpVersion.HTTP_1_1) && !is(request, HttpVersion.HTTP_1_0)) {
      // It is answered in a version that we speak, and not in its own.
      request.setProtocolVersion(HttpVersion.HTTP_1_1);
      request.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("version")));
    }
    if (requests == 1
        && request.headers().contains(HttpHeaderNames.UPGRADE)
        && !mayUpgrade(request)) {
      stayHttp1(request.headers());
    }
  }

  @SuppressWarnings("ReferenceEquality") // HTTP/1.1 in small letters is equal to it and is none
  private static boolean is(DefaultHttpRequest request, HttpVersion version) {
    return request.protocolVersion() == version;
  }

  /** What follows a body that cannot be read is not read; what reads the body asks how it ended. */
  private LastHttpContent end(LastHttpContent last) {
    if (last.decoderResult().isFailure()) {
      ReferenceCountUtil.release(last);
      ends.add(new End(requests, null));
      return LastHttpContent.EMPTY_LAST_CONTENT;
    }
    HttpHeaders trailers = last.trailingHeaders();
    if (!trailers.isEmpty()) {
      ends.add(new End(requests, trailers));
    }
    return last;
  }

  /**
   * Whether a request may upgrade the connection. A server may ignore the wish (RFC 9110 7.8), and
   * one with a body is answered over HTTP/1.1: its body would come outside of any window. Who has
   * one asks by {@code OPTIONS *} first (RFC 7540 3.2). What is not whole is left to those who
   * refuse it.
   */
  private static boolean mayUpgrade(DefaultHttpRequest request) {
    HttpHeaders headers = request.headers();
    return request.decoderResult().isSuccess()
        && is(request, HttpVersion.HTTP_1_1)
        && (request.uri().startsWith("/") || request.uri().equals("*"))
        && !headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
        && headers.getAll(HttpHeaderNames.CONTENT_LENGTH).stream().allMatch("0"::equals)
        && headers.getAll(HttpHeaderNames.HOST).size() == 1
        && settings(headers.getAll(SETTINGS))
        && headers.getAll(HttpHeaderNames.CONNECTION).size() == 1
        && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderNames.UPGRADE, true)
        && headers.containsValue(HttpHeaderNames.CONNECTION, SETTINGS, true);
  }

  private static boolean settings(List<String> lines) {
    try {
      return lines.size() == 1
          && Base64.getUrlDecoder().decode(lines.get(0)).length % SETTING_BYTES == 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static void stayHttp1(HttpHeaders headers) {
    headers.remove(SETTINGS);
    List<String> others =
        headers.getAll(HttpHeaderNames.UPGRADE).stream()
            .filter(line -> !line.equalsIgnoreCase(H2C))
            .toList();
    headers.remove(HttpHeaderNames.UPGRADE);
    others.forEach(line -> headers.add(HttpHeaderNames.UPGRADE, line));
  }

  private @Nullable End of(int request) {
    while (!ends.isEmpty() && ends.element().request() < request) {
      ends.remove();
    }
    End first = ends.peek();
    return first != null && first.request() == request ? first : null;
  }

  @Override
  public boolean malformed(int request) {
    End end = of(request);
    return end != null && end.trailers() == null;
  }

  @Override
  public @Nullable MultiMap trailers(int request) {
    End end = of(request);
    HttpHeaders trailers = end == null ? null : end.trailers();
    if (trailers == null) {
      return null;
    }
    MultiMap all = MultiMap.caseInsensitiveMultiMap();
    trailers.forEach(field -> all.add(field.getKey(), field.getValue()));
    return all;
  }
}
