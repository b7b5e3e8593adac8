package dev.tidegate.ingress.exchange;

import io.vertx.core.MultiMap;
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
  @Nullable String host;
  @Nullable String connection;
  @Nullable String expect;
  @Nullable String transferEncoding;
  long contentLength;
  private int hosts;
  private int lengths;

  /** Reads the head; a refusal, or null when it is sound. */
  @Nullable String read(HttpServerRequest request, MultiMap headers) {
    host = null;
    connection = null;
    expect = null;
    transferEncoding = null;
    contentLength = -1;
    hosts = 0;
    lengths = 0;
    headers.forEach(this);
    if (request.version() == HttpVersion.HTTP_2) {
      HostAndPort authority = request.authority();
      host = authority == null ? host : authority.toString();
      return transferEncoding != null || connection != null
          ? "connection-specific headers are not allowed in HTTP/2"
          : sound(request);
    }
    if (request.version() == null) {
      return "the version is neither HTTP/1.0 nor HTTP/1.1";
    }
    if (hosts != 1 && (hosts > 1 || request.version() == HttpVersion.HTTP_1_1)) {
      return "exactly one Host header is required";
    }
    if (transferEncoding != null && !transferEncoding.equalsIgnoreCase("chunked")) {
      return "the only transfer coding that is taken is chunked";
    }
    if (transferEncoding != null && lengths > 0) {
      return "Content-Length and Transfer-Encoding exclude one another";
    }
    return sound(request);
  }

  private @Nullable String sound(HttpServerRequest request) {
    if (lengths > 1 || contentLength == Long.MIN_VALUE) {
      return "Content-Length is not one number";
    }
    if (host != null && !validHost(host)) {
      return "the Host header is malformed";
    }
    return request.uri() == null || request.uri().isEmpty() ? "the target is missing" : null;
  }

  @Override
  public void accept(String name, String value) {
    switch (name.length()) {
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

  private static boolean validHost(String host) {
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c <= ' ' || c >= 127 || c == '/' || c == '@' || c == '?' || c == '#' || c == '\\'
          || c == '"' || c == ',') {
        return false;
      }
    }
    return true;
  }
}
