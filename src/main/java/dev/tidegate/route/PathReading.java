package dev.tidegate.route;

import java.util.ArrayList;
import java.util.List;

/**
 * One of the ways in which a server may read a path that we send: servers decode escapes once, or
 * twice, or leave them; take backslashes for slashes; cut parameters off; and do so in different
 * orders. Paths in {@link Paths#normal} form go in, {@linkplain Paths#comparable comparable} ones
 * come out.
 */
record PathReading(Decoding decoding, boolean backslashes, Cut cut, boolean dotsFirst) {
  /** Every way of reading, apart from the one that takes a path as it is. */
  static final List<PathReading> ALL = all();

  private static final int PERCENT = '%';

  enum Decoding {
    NONE,
    ONCE,
    TWICE
  }

  /** What is cut off, and when: {@code ;x} of each segment, what has become a query or fragment. */
  enum Cut {
    NOTHING,
    PARAMETERS_FIRST,
    PARAMETERS,
    QUERY,
    BOTH
  }

  private static List<PathReading> all() {
    List<PathReading> all = new ArrayList<>();
    all.add(new PathReading(Decoding.NONE, false, Cut.PARAMETERS_FIRST, false));
    all.add(new PathReading(Decoding.NONE, false, Cut.PARAMETERS_FIRST, true));
    for (Cut cut : Cut.values()) {
      for (int bits = 0; bits < 8; bits++) {
        Decoding decoding = (bits & 4) == 0 ? Decoding.ONCE : Decoding.TWICE;
        all.add(new PathReading(decoding, (bits & 1) != 0, cut, (bits & 2) != 0));
      }
    }
    return List.copyOf(all);
  }

  /** Whether servers may read the path differently; what is only escaped they all read alike. */
  static boolean several(String normal) {
    if (normal.indexOf(PERCENT) < 0 && normal.indexOf(';') < 0) {
      return false;
    }
    for (int i = 0; i < normal.length(); i++) {
      char c = normal.charAt(i);
      if (c == ';' || (c == PERCENT && telling(Paths.escape(normal, i)))) {
        return true;
      }
    }
    return false;
  }

  private static boolean telling(int escaped) {
    return switch (escaped) {
      case '/', '\\', ';', '?', '#', PERCENT -> true;
      default -> false;
    };
  }

  String of(String normal) {
    String path = cut == Cut.PARAMETERS_FIRST ? withoutParameters(normal) : normal;
    if (decoding == Decoding.TWICE) {
      path = decoded(decoded(path, true), false);
    } else if (decoding == Decoding.ONCE) {
      path = decoded(path, false);
    }
    if (cut == Cut.QUERY || cut == Cut.BOTH) {
      path = withoutQuery(path);
    }
    if (cut == Cut.PARAMETERS || cut == Cut.BOTH) {
      path = withoutParameters(path);
    }
    if (backslashes) {
      path = path.replace('\\', '/');
    }
    path =
        dotsFirst ? Paths.merged(Paths.withoutDots(path)) : Paths.withoutDots(Paths.merged(path));
    return Paths.comparable(path);
  }

  private static String withoutParameters(String path) {
    if (path.indexOf(';') < 0) {
      return path;
    }
    StringBuilder out = new StringBuilder(path.length());
    boolean parameter = false;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      parameter = c == ';' || (parameter && c != '/');
      if (!parameter) {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static String withoutQuery(String path) {
    for (int i = 0; i < path.length(); i++) {
      if (path.charAt(i) == '?' || path.charAt(i) == '#') {
        return path.substring(0, i);
      }
    }
    return path;
  }

  /** What is no printable character stays escaped, and so does a percent sign the last time. */
  private static String decoded(String path, boolean again) {
    StringBuilder out = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      int value = Paths.escape(path, i);
      if (value < 0) {
        out.append(path.charAt(i));
        continue;
      }
      Paths.append(out, value, value > ' ' && value < 127 && (again || value != PERCENT));
      i += 2;
    }
    return out.toString();
  }
}
