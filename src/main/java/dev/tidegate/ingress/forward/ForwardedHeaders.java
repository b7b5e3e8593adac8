package dev.tidegate.ingress.forward;

import dev.tidegate.ingress.connection.ClientConnection;
import dev.tidegate.ingress.exchange.HttpExchange;
import dev.tidegate.net.RequestIds;
import dev.tidegate.policy.Identity;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * What upstreams are told of where a request comes from: X-Forwarded-*, X-Real-IP, Forwarded (RFC
 * 7239), Via, and the consumer. What a peer that is not trusted says of this is dropped.
 */
final class ForwardedHeaders {
  private static final CharSequence X_FORWARDED_FOR =
      HttpHeaders.createOptimized("x-forwarded-for");
  private static final CharSequence X_FORWARDED_PROTO =
      HttpHeaders.createOptimized("x-forwarded-proto");
  private static final CharSequence X_FORWARDED_HOST =
      HttpHeaders.createOptimized("x-forwarded-host");
  private static final CharSequence X_REAL_IP = HttpHeaders.createOptimized("x-real-ip");
  private static final CharSequence X_CONSUMER = HttpHeaders.createOptimized("x-consumer");
  private static final CharSequence FORWARDED = HttpHeaders.createOptimized("forwarded");
  private static final CharSequence VIA = HttpHeaders.createOptimized("via");
  private static final String VIA_1 = "1.1 tidegate";
  private static final String VIA_2 = "2 tidegate";

  private ForwardedHeaders() {}

  static void write(HttpExchange x, MultiMap to) {
    MultiMap from = x.requestHeaders();
    ClientConnection connection = x.connection();
    boolean trusted = connection.trusted();
    String host = x.host();
    add(to, X_FORWARDED_FOR, trusted ? all(from, X_FORWARDED_FOR) : null, connection.peer());
    String proto = trusted ? from.get(X_FORWARDED_PROTO) : null;
    to.add(X_FORWARDED_PROTO, proto == null ? connection.scheme() : proto);
    String outerHost = trusted ? from.get(X_FORWARDED_HOST) : null;
    if (outerHost != null || host != null) {
      to.add(X_FORWARDED_HOST, outerHost == null ? host : outerHost);
    }
    to.add(X_REAL_IP, x.client());
    add(to, FORWARDED, trusted ? all(from, FORWARDED) : null, connection.forwarded(host));
    add(to, VIA, all(from, VIA), connection.http2() ? VIA_2 : VIA_1);
    to.add(RequestIds.HEADER, x.requestId());
    Identity identity = x.identity();
    if (identity != null && headerSafe(identity.consumer())) {
      to.add(X_CONSUMER, identity.consumer());
    }
  }

  /** A subject comes from a token, which may hold anything. */
  private static boolean headerSafe(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c >= 127) {
        return false;
      }
    }
    return true;
  }

  private static void add(MultiMap to, CharSequence name, @Nullable String before, String own) {
    to.add(name, before == null ? own : before + ", " + own);
  }

  private static @Nullable String all(MultiMap from, CharSequence name) {
    return from.get(name) == null ? null : String.join(", ", from.getAll(name));
  }
}
