package dev.tidegate.ingress.forward;

import io.vertx.core.MultiMap;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which fields may follow a body. What frames, routes, authenticates or describes a message must
 * stand before it (RFC 9110, section 6.5.1): whoever merges such a field into the head afterwards
 * would believe what nobody has looked at.
 */
final class Trailers {
  private static final Set<String> HEAD_ONLY =
      Set.of(
          "age",
          "authorization",
          "cache-control",
          "content-encoding",
          "content-length",
          "content-range",
          "content-type",
          "cookie",
          "date",
          "expect",
          "expires",
          "host",
          "location",
          "max-forwards",
          "origin",
          "pragma",
          "range",
          "retry-after",
          "set-cookie",
          "vary",
          "warning",
          "www-authenticate",
          "x-api-key");

  private Trailers() {}

  /** Whether it passes, from whichever side. */
  static boolean pass(String name) {
    return !HopHeaders.hopByHop(name) && !HEAD_ONLY.contains(name.toLowerCase(Locale.ROOT));
  }

  /**
   * Those of a request that pass; null when there are none.
   *
   * @param connection what its Connection header names beside the usual
   */
  static @Nullable MultiMap ofRequest(@Nullable MultiMap sent, @Nullable String connection) {
    if (sent == null) {
      return null;
    }
    MultiMap passed = MultiMap.caseInsensitiveMultiMap();
    sent.forEach(
        (name, value) -> {
          if (pass(name) && callers(name) && !HopHeaders.named(connection, name)) {
            passed.add(name, value);
          }
        });
    return passed.isEmpty() ? null : passed;
  }

  /** Whether it is the caller's to say: what proxies know is said in the head, or not at all. */
  private static boolean callers(String name) {
    return !HopHeaders.replaced(name) && !HopHeaders.ofProxies(name) && !HopHeaders.disguised(name);
  }
}
