package dev.tidegate.rest;

import dev.tidegate.policy.Exchange;
import io.vertx.core.http.HttpHeaders;
import java.util.List;

/** The Prefer header (RFC 7240), as far as it is honoured: {@code wait}. */
final class Prefer {
  private static final CharSequence PREFER = HttpHeaders.createOptimized("prefer");
  private static final int MAX_SECONDS = 30;

  private Prefer() {}

  /** How long the caller is ready to wait, in milliseconds; 0 when it is not. */
  static long waitMillis(Exchange exchange) {
    if (!exchange.requestHeaders().contains(PREFER)) {
      return 0;
    }
    List<String> values = exchange.requestHeaders().getAll(PREFER);
    for (String preference : String.join(",", values).split("[,;]", 32)) {
      String text = preference.trim();
      if (text.regionMatches(true, 0, "wait=", 0, 5)) {
        return seconds(text.substring(5).replace("\"", "").trim()) * 1000L;
      }
    }
    return 0;
  }

  private static int seconds(String text) {
    if (text.isEmpty() || text.length() > 9 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return 0;
    }
    return Math.min(MAX_SECONDS, Integer.parseInt(text));
  }
}
