package dev.tidegate.ingress;

import dev.tidegate.net.RequestIds;
import dev.tidegate.policy.Identity;
import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;

/**
 * Who the request comes from, as upstreams are told and as trusted proxies tell us: X-Forwarded-*,
 * X-Real-IP, Forwarded (RFC 7239) and Via. What a peer that is not trusted says of this is dropped.
 */
final class Forwarded {
  private static final String VIA = "1.1 tidegate";
  private static final String VIA_2 = "2 tidegate";

  void write(HttpExchange x, MultiMap to) {
    MultiMap from = x.requestHeaders();
    Guard guard = x.guard;
    boolean trusted = guard.trusted;
    String host = x.host();
    add(
        to,
        Headers.X_FORWARDED_FOR,
        trusted ? all(from, Headers.X_FORWARDED_FOR) : null,
        guard.peer);
    String proto = trusted ? from.get(Headers.X_FORWARDED_PROTO) : null;
    to.add(Headers.X_FORWARDED_PROTO, proto == null ? guard.scheme() : proto);
    String outerHost = trusted ? from.get(Headers.X_FORWARDED_HOST) : null;
    if (outerHost != null || host != null) {
      to.add(Headers.X_FORWARDED_HOST, outerHost == null ? host : outerHost);
    }
    to.add(Headers.X_REAL_IP, x.client());
    add(
        to,
        Headers.FORWARDED,
        trusted ? all(from, Headers.FORWARDED) : null,
        guard.forwarded(host));
    add(to, Headers.VIA, all(from, Headers.VIA), guard.http2 ? VIA_2 : VIA);
    to.add(RequestIds.HEADER, x.requestId());
    Identity identity = x.identity();
    if (identity != null && headerSafe(identity.consumer())) {
      to.add(Headers.X_CONSUMER, identity.consumer());
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
