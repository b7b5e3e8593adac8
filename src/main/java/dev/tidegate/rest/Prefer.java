package dev.tidegate.rest;

import dev.tidegate.net.HeaderLists;
import dev.tidegate.policy.Exchange;
import io.vertx.core.http.HttpHeaders;

/** The Prefer header (RFC 7240), as far as it is honoured: {@code wait}. */
final class Prefer {
  private static final CharSequence PREFER = HttpHeaders.createOptimized("prefer");
  private static final int MAX_SECONDS = 30;

  private Prefer() {}

  /** How long the caller is ready to wait, in milliseconds; 0 when it is not. */
  static long waitMillis(Exchange exchange) {
    for (String preference : HeaderLists.elements(exchange.requestHeaders(), PREFER)) {
      // What follows a semicolon are parameters of the preference, and not preferences.
      String[] pair = preference.split(";", 2)[0].split("=", 2);
      if (pair.length == 2 && pair[0].strip().equalsIgnoreCase("wait")) {
        return seconds(pair[1].replace("\"", "").strip()) * 1000L;
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
