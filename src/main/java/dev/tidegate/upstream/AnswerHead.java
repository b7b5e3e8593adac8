package dev.tidegate.upstream;

import dev.tidegate.net.HeaderLists;
import dev.tidegate.upstream.balance.Link;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http2.Http2Exception.HeaderListSizeException;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What the head of an upstream's answer says, and whether it can be believed. */
final class AnswerHead {
  private static final long REFUSED_STREAM = 7;

  private AnswerHead() {}

  /**
   * What makes the answer one that nobody should see, or null. A status has three digits, of which
   * the first is 1 to 5 (RFC 9110 15), 101 is for those who asked for it, and a coding other than
   * chunked would have to be taken off by us (RFC 9112 6.1).
   */
  static @Nullable String flaw(HttpClientResponse response, long length) {
    int status = response.statusCode();
    if (status < 200 || status > 599) {
      return status == 101
          ? "the upstream switched protocols unasked"
          : "the status of the upstream's answer is none";
    }
    if (length >= 0 && response.version() != HttpVersion.HTTP_1_0) {
      return null; // the codec has seen to it that there is no coding as well
    }
    String coding = response.headers().get(HttpHeaders.TRANSFER_ENCODING);
    return coding == null || sole(response, coding)
        ? null
        : "the upstream's answer has a transfer coding that is not chunked";
  }

  /** Whether the upstream goes on as a WebSocket. */
  static boolean webSocket(HttpClientResponse response) {
    return response.statusCode() == 101
        && HeaderLists.has(response.headers(), HttpHeaders.UPGRADE, "websocket");
  }

  /** HTTP/1.0 has no codings: who sends one there may mean another end of the body. */
  private static boolean sole(HttpClientResponse response, String coding) {
    return coding.equalsIgnoreCase("chunked")
        && response.version() != HttpVersion.HTTP_1_0
        && response.headers().getAll(HttpHeaders.TRANSFER_ENCODING).size() == 1;
  }

  /** What a connection that cannot be made is called. */
  static String unreachable(Throwable cause) {
    return tls(cause)
        ? "the TLS handshake with the upstream failed"
        : "no connection to the upstream";
  }

  private static boolean tls(Throwable cause) {
    return cause instanceof SSLException || cause.getCause() instanceof SSLException;
  }

  /**
   * Whether the upstream says that it has not looked at the request, by refusing its stream or by
   * leaving with an earlier one as the last (RFC 9113 8.7).
   */
  static boolean refused(Throwable cause, @Nullable Link link, @Nullable HttpClientRequest sent) {
    if (cause instanceof StreamResetException reset) {
      return reset.getCode() == REFUSED_STREAM;
    }
    return link != null
        && sent != null
        && ClientInternals.unseen(link.connection(), sent.streamId());
  }

  /** What an answer that cannot be read, or read on, is called. */
  static String broken(Throwable cause) {
    if (cause instanceof TooLongFrameException || cause instanceof HeaderListSizeException) {
      return "the head of the upstream's answer is too large";
    }
    if (tls(cause)) {
      return "the upstream broke the TLS session off";
    }
    boolean off =
        cause instanceof IOException
            || cause instanceof HttpClosedException
            || cause instanceof StreamResetException;
    return off ? "the upstream broke off" : "the upstream's answer is malformed";
  }

  /** The Content-Length, or -1. */
  static long length(MultiMap headers) {
    String text = headers.get(HttpHeaders.CONTENT_LENGTH);
    if (text == null || text.length() > 18) {
      return -1;
    }
    long length = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      length = length * 10 + digit;
    }
    return length;
  }

  /** Whether the connection can carry another request. */
  static boolean persistent(HttpClientResponse response) {
    return response.version() == HttpVersion.HTTP_2
        || (response.version() == HttpVersion.HTTP_1_1 && !closes(response.headers()));
  }

  private static boolean closes(MultiMap headers) {
    if (!headers.contains(HttpHeaders.CONNECTION)) {
      return false;
    }
    List<String> lines = headers.getAll(HttpHeaders.CONNECTION);
    boolean usual = lines.size() == 1 && lines.get(0).equalsIgnoreCase("keep-alive");
    return !usual && HeaderLists.has(headers, HttpHeaders.CONNECTION, "close");
  }
}
