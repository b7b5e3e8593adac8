package dev.tidegate.route;

import org.jspecify.annotations.Nullable;

/** Turns a request target into the one path that routes and upstreams agree on. */
public final class Paths {
  private Paths() {}

  /**
   * The path of an origin-form target in the normal form of RFC 3986, section 6.2.2: escapes of
   * unreserved characters decoded, no dot segments. Null when it is not a valid path: then nobody
   * can be sure what an upstream would make of it.
   */
  public static @Nullable String normal(String target) {
    int end = end(target);
    if (end == 0 || target.charAt(0) != '/') {
      return null;
    }
    boolean plain = true;
    for (int i = 0; i < end; i++) {
      char c = target.charAt(i);
      if (c <= ' ' || c >= 127 || c == '\\') {
        return null;
      }
      plain &= c != '%' && !(c == '.' && target.charAt(i - 1) == '/');
    }
    String path = end == target.length() ? target : target.substring(0, end);
    if (plain) {
      return path;
    }
    String decoded = decodeUnreserved(path);
    return decoded == null ? null : withoutDots(decoded);
  }

  /** Where the query begins, or the length. */
  public static int end(String target) {
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c == '?' || c == '#') {
        return i;
      }
    }
    return target.length();
  }

  private static @Nullable String decodeUnreserved(String path) {
    StringBuilder out = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c != '%') {
        out.append(c);
        continue;
      }
      int high = i + 2 < path.length() ? Character.digit(path.charAt(i + 1), 16) : -1;
      int low = high >= 0 ? Character.digit(path.charAt(i + 2), 16) : -1;
      if (low < 0 || high * 16 + low == 0) {
        return null;
      }
      char decoded = (char) (high * 16 + low);
      if (unreserved(decoded)) {
        out.append(decoded);
      } else {
        out.append('%').append(hex(high)).append(hex(low));
      }
      i += 2;
    }
    return out.toString();
  }

  private static char hex(int digit) {
    return Character.toUpperCase(Character.forDigit(digit, 16));
  }

  private static boolean unreserved(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }

  /** RFC 3986, section 5.2.4. */
  private static String withoutDots(String path) {
    if (!path.contains("/.")) {
      return path;
    }
    StringBuilder out = new StringBuilder(path.length());
    int i = 0;
    while (i < path.length()) {
      int next = path.indexOf('/', i + 1);
      int stop = next < 0 ? path.length() : next;
      int length = stop - i;
      boolean dot = length == 2 && path.charAt(i + 1) == '.';
      boolean dots = length == 3 && path.charAt(i + 1) == '.' && path.charAt(i + 2) == '.';
      if (dots) {
        out.setLength(Math.max(0, out.lastIndexOf("/")));
      }
      if (!dot && !dots) {
        out.append(path, i, stop);
      } else if (next < 0) {
        out.append('/');
      }
      i = stop;
    }
    return out.isEmpty() ? "/" : out.toString();
  }
}
