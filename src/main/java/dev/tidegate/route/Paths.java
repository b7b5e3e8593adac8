package dev.tidegate.route;

import org.jspecify.annotations.Nullable;

/** Turns a request target into the one path that routes and upstreams agree on. */
public final class Paths {
  private Paths() {}

  /**
   * The path of an origin-form target in the normal form of RFC 3986, section 6.2.2: escapes of
   * unreserved characters decoded, no dot segments; and no empty segments but the last. Null when
   * path or query hold what a target may not: then nobody can be sure what an upstream would make
   * of it. A path that is in this form already costs one scan.
   */
  public static @Nullable String normal(String target) {
    int length = target.length();
    if (length == 0 || target.charAt(0) != '/') {
      return null;
    }
    boolean plain = true;
    int end = 1;
    for (char before = '/'; end < length && target.charAt(end) != '?'; end++) {
      char c = target.charAt(end);
      if (illegal(c) || c == '\\') {
        return null;
      }
      plain &= c != '%' && (before != '/' || (c != '/' && c != '.'));
      before = c;
    }
    for (int i = end; i < length; i++) {
      if (illegal(target.charAt(i))) {
        return null;
      }
    }
    String path = end == length ? target : target.substring(0, end);
    if (plain) {
      return path;
    }
    String decoded = decodeUnreserved(path);
    return decoded == null ? null : withoutDots(merged(decoded));
  }

  private static boolean illegal(char c) {
    return c <= ' ' || c >= 127 || c == '#';
  }

  /** Where the query begins, or the length. */
  static int end(String target) {
    int query = target.indexOf('?');
    return query < 0 ? target.length() : query;
  }

  private static @Nullable String decodeUnreserved(String path) {
    if (path.indexOf('%') < 0) {
      return path;
    }
    StringBuilder out = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c != '%') {
        out.append(c);
        continue;
      }
      int value = escape(path, i);
      if (value <= 0 || overlong(path, i, value)) {
        return null;
      }
      append(out, value, unreserved((char) value));
      i += 2;
    }
    return out.toString();
  }

  /** Whether a character begins that has more bytes than it needs (RFC 3629, section 10). */
  private static boolean overlong(String path, int at, int first) {
    if (first != 0xC0 && first != 0xC1 && first != 0xE0 && first != 0xF0) {
      return false;
    }
    int second = at + 3 < path.length() ? escape(path, at + 3) : -1;
    int most = first == 0xE0 ? 0x9F : first == 0xF0 ? 0x8F : 0xBF;
    return second >= 0x80 && second <= most;
  }

  /**
   * The form in which paths are compared: of a {@link #normal} path, with everything decoded that
   * means the same in a segment whether it is escaped or not.
   */
  static String comparable(String normal) {
    if (normal.indexOf('%') < 0) {
      return normal;
    }
    StringBuilder out = new StringBuilder(normal.length());
    for (int i = 0; i < normal.length(); i++) {
      int value = escape(normal, i);
      if (value < 0) {
        out.append(normal.charAt(i));
      } else {
        append(out, value, unreserved((char) value) || "!$&'()*+,=:@".indexOf(value) >= 0);
        i += 2;
      }
    }
    return out.toString();
  }

  /** The byte that an escape at this place stands for; -1 when there is none. */
  static int escape(CharSequence path, int at) {
    if (path.charAt(at) != '%' || at + 2 >= path.length()) {
      return -1;
    }
    int high = Character.digit(path.charAt(at + 1), 16);
    int low = Character.digit(path.charAt(at + 2), 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  /** The character, or its escape. */
  static void append(StringBuilder out, int value, boolean literally) {
    if (literally) {
      out.append((char) value);
    } else {
      out.append('%').append(hex(value >> 4)).append(hex(value & 15));
    }
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

  /** One slash for several. */
  static String merged(String path) {
    if (!path.contains("//")) {
      return path;
    }
    StringBuilder out = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c != '/' || i == 0 || path.charAt(i - 1) != '/') {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** RFC 3986, section 5.2.4. */
  static String withoutDots(String path) {
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
