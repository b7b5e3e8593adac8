package dev.tidegate.ingress.forward;

import org.jspecify.annotations.Nullable;

/**
 * Which headers stay on one connection (RFC 9110, section 7.6.1), which we write ourselves, and
 * which only a trusted proxy may say.
 */
final class HopHeaders {
  private static final String X_FORWARDED = "x-forwarded";
  private static final String X_ORIGINAL = "x-original-";
  private static final String X_REWRITE = "x-rewrite-";

  private HopHeaders() {}

  static boolean hopByHop(String name) {
    return switch (name.length()) {
      case 2 -> name.equalsIgnoreCase("te");
      case 7 -> name.equalsIgnoreCase("trailer") || name.equalsIgnoreCase("upgrade");
      case 10 -> name.equalsIgnoreCase("connection") || name.equalsIgnoreCase("keep-alive");
      case 14 -> name.equalsIgnoreCase("http2-settings");
      case 16 -> name.equalsIgnoreCase("proxy-connection");
      case 17 -> name.equalsIgnoreCase("transfer-encoding");
      case 18 -> name.equalsIgnoreCase("proxy-authenticate");
      case 19 -> name.equalsIgnoreCase("proxy-authorization");
      default -> false;
    };
  }

  /** Headers that the gateway writes itself towards an upstream. */
  static boolean replaced(String name) {
    return switch (name.length()) {
      case 3 -> name.equalsIgnoreCase("via");
      case 4 -> name.equalsIgnoreCase("host");
      case 6 -> name.equalsIgnoreCase("expect");
      case 9 -> name.equalsIgnoreCase("x-real-ip") || name.equalsIgnoreCase("forwarded");
      case 10 -> name.equalsIgnoreCase("x-consumer");
      case 12 -> name.equalsIgnoreCase("x-request-id");
      case 15 -> name.equalsIgnoreCase("x-forwarded-for");
      case 16 -> name.equalsIgnoreCase("x-forwarded-host");
      case 17 -> name.equalsIgnoreCase("x-forwarded-proto");
      default -> false;
    };
  }

  /** Headers that tell where a request came from and what it was: upstreams believe them. */
  static boolean ofProxies(String name) {
    return name.length() > 9
        && (name.charAt(0) | 0x20) == 'x'
        && (begins(name, X_FORWARDED) || begins(name, X_ORIGINAL) || begins(name, X_REWRITE));
  }

  private static boolean begins(String name, String prefix) {
    return name.regionMatches(true, 0, prefix, 0, prefix.length());
  }

  /**
   * Whether servers that know names as variables (CGI, WSGI, PHP) take this one for another that is
   * not the caller's to say: {@code X_Consumer} is {@code X-Consumer} to them.
   */
  static boolean disguised(String name) {
    if (usual(name)) {
      return false;
    }
    char[] folded = name.toCharArray();
    for (int i = 0; i < folded.length; i++) {
      folded[i] = letterOrDigit(folded[i]) ? folded[i] : '-';
    }
    String meant = new String(folded);
    return replaced(meant)
        || ofProxies(meant)
        || hopByHop(meant)
        || meant.equalsIgnoreCase("x-api-key")
        || meant.equalsIgnoreCase("content-length");
  }

  private static boolean usual(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c != '-' && !letterOrDigit(c)) {
        return false;
      }
    }
    return true;
  }

  private static boolean letterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  /** Whether the Connection header names this one. */
  static boolean named(@Nullable String connection, String name) {
    if (connection == null) {
      return false;
    }
    int length = name.length();
    for (int i = 0; i + length <= connection.length(); i++) {
      if (connection.regionMatches(true, i, name, 0, length)
          && (i == 0 || separator(connection.charAt(i - 1)))
          && (i + length == connection.length() || separator(connection.charAt(i + length)))) {
        return true;
      }
    }
    return false;
  }

  /** What a Connection header may name; null when it names nothing but the usual. */
  static @Nullable String extraTokens(@Nullable String connection) {
    return connection == null
            || connection.equalsIgnoreCase("keep-alive")
            || connection.equalsIgnoreCase("close")
        ? null
        : connection;
  }

  private static boolean separator(char c) {
    return c == ',' || c == ' ' || c == '\t';
  }
}
