package dev.tidegate.ingress.exchange;

import dev.tidegate.net.HttpTokens;
import dev.tidegate.policy.Reply;
import dev.tidegate.problem.Problem;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway must know of a request's headers, gathered in one pass, and the rules of framing
 * that the codec leaves to us. One instance serves all requests of an event loop, one after
 * another.
 */
final class HeadReader implements BiConsumer<String, String> {
  /** What a header counts beside its letters (RFC 9113, section 6.5.2). */
  private static final int ENTRY = 32;

  String target = "";
  @Nullable String host;
  @Nullable String connection;
  @Nullable String expect;
  @Nullable String transferEncoding;
  long contentLength;
  private int hosts;
  private int lengths;
  private final long most;
  private long size;
  private boolean nameless;

  /**
   * Reads one head after another.
   *
   * @param most bytes of its headers; the codec of HTTP/1 sees to that itself
   */
  HeadReader(long most) {
    this.most = most;
  }

  /** Reads the head; a refusal, or null when it is sound. */
  Reply.@Nullable Refusal read(HttpServerRequest request, MultiMap headers) {
    String uri = request.uri();
    target = uri == null ? "" : uri;
    host = null;
    connection = null;
    expect = null;
    transferEncoding = null;
    contentLength = -1;
    hosts = 0;
    lengths = 0;
    size = 0;
    nameless = false;
    headers.forEach(this);
    boolean http2 = request.version() == HttpVersion.HTTP_2;
    if (http2 && size + target.length() > most) {
      return refusal(Problem.HEADERS_TOO_LARGE, "the headers may have " + most + " bytes");
    }
    String flaw = http2 ? http2(request) : http1(request);
    flaw = flaw == null ? sound(request) : flaw;
    return flaw == null ? null : refusal(Problem.BAD_REQUEST, flaw);
  }

  private static Reply.Refusal refusal(Problem problem, String detail) {
    return new Reply.Refusal(problem, detail, null);
  }

  private @Nullable String http2(HttpServerRequest request) {
    HostAndPort authority = request.authority();
    host = authority == null ? host : authority.toString();
    return transferEncoding != null || connection != null
        ? "connection-specific headers are not allowed in HTTP/2"
        : null;
  }

  private @Nullable String http1(HttpServerRequest request) {
    if (hosts != 1 && (hosts > 1 || request.version() == HttpVersion.HTTP_1_1)) {
      return "exactly one Host header is required";
    }
    if (transferEncoding != null && !transferEncoding.equalsIgnoreCase("chunked")) {
      return "the only transfer coding that is taken is chunked";
    }
    if (transferEncoding != null && lengths > 0) {
      return "Content-Length and Transfer-Encoding exclude one another";
    }
    if (!target.isEmpty() && target.charAt(0) != '/') {
      absoluteForm();
    }
    return null;
  }

  /** RFC 9112, section 3.2.2: what the target says of the host holds, whatever Host says. */
  private void absoluteForm() {
    int from =
        target.regionMatches(true, 0, "http://", 0, 7)
            ? 7
            : target.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
    if (from < 0) {
      return;
    }
    int end = from;
    while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
      end++;
    }
    // None at all is as malformed as any.
    host = end == from ? "/" : target.substring(from, end);
    String rest = target.substring(end);
    target = rest.startsWith("/") ? rest : "/" + rest;
  }

  private @Nullable String sound(HttpServerRequest request) {
    if (lengths > 1 || contentLength == Long.MIN_VALUE) {
      return "Content-Length is not one number";
    }
    if (nameless || !HttpTokens.token(request.method().name())) {
      return "the method and the names of headers are tokens";
    }
    if (host != null && !Hosts.valid(host)) {
      return "the host is malformed";
    }
    return target.isEmpty() && !HttpMethod.CONNECT.equals(request.method())
        ? "the target is missing"
        : null;
  }

  @Override
  public void accept(String name, String value) {
    size += name.length() + value.length() + ENTRY;
    switch (name.length()) {
      case 0 -> nameless = true;
      case 4 -> {
        if (name.equalsIgnoreCase("host")) {
          hosts++;
          host = value;
        }
      }
      case 6 -> {
        if (name.equalsIgnoreCase("expect")) {
          expect = value;
        }
      }
      case 10 -> {
        if (name.equalsIgnoreCase("connection")) {
          connection = connection == null ? value : connection + "," + value;
        }
      }
      case 14 -> {
        if (name.equalsIgnoreCase("content-length")) {
          lengths++;
          contentLength = number(value);
        }
      }
      case 17 -> {
        if (name.equalsIgnoreCase("transfer-encoding")) {
          transferEncoding = transferEncoding == null ? value : transferEncoding + "," + value;
        }
      }
      default -> {}
    }
  }

  private static long number(String text) {
    int length = text.length();
    if (length == 0 || length > 18) {
      return Long.MIN_VALUE;
    }
    long number = 0;
    for (int i = 0; i < length; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return Long.MIN_VALUE;
      }
      number = number * 10 + digit;
    }
    return number;
  }
}
