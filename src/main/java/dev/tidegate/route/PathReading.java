package dev.tidegate.route;

import java.util.ArrayList;
import java.util.List;

/**
 * One of the ways in which a server may read a path that we send: servers decode escapes once, or
 * twice, or leave them; take backslashes for slashes; cut parameters off; resolve dots or compare
 * paths that have some; and do so in different orders. Paths in {@link Paths#normal} form go in,
 * {@linkplain Paths#comparable comparable} ones come out.
 */
record PathReading(Decoding decoding, boolean backslashes, Cut cut, Dots dots) {
  /** Every way of reading, apart from the one that takes a path as it is. */
  static final List<PathReading> ALL = all();

  private static final int PERCENT = '%';

  enum Decoding {
    NONE,
    ONCE,
    /** What was decoded is decoded once more. */
    TWICE,
    /** A second server decodes what a first one has decoded and resolved. */
    IN_A_ROW
  }

  /** What is cut off, and when: {@code ;x} of each segment, what has become a query or fragment. */
  enum Cut {
    NOTHING,
    PARAMETERS_FIRST,
    PARAMETERS,
    QUERY,
    BOTH
  }

  /**
   * When dots are resolved that came of decoding or cutting, before slashes are merged or after.
   */
  enum Dots {
    FIRST,
    LAST,
    KEPT
  }

  private static List<PathReading> all() {
    List<PathReading> all = new ArrayList<>();
    for (Dots dots : Dots.values()) {
      all.add(new PathReading(Decoding.NONE, false, Cut.PARAMETERS_FIRST, dots));
    }
    for (Cut cut : Cut.values()) {
      for (Decoding decoding : List.of(Decoding.ONCE, Decoding.TWICE, Decoding.IN_A_ROW)) {
        for (Dots dots : Dots.values()) {
          all.add(new PathReading(decoding, false, cut, dots));
          all.add(new PathReading(decoding, true, cut, dots));
        }
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
    path =
        switch (decoding) {
          case NONE -> path;
          case ONCE -> decoded(path, false);
          case TWICE -> decoded(decoded(path, true), false);
          case IN_A_ROW -> decoded(resolved(decoded(path, true)), false);
        };
    return Paths.comparable(resolved(path));
  }

  private String resolved(String decoded) {
    String path = decoded;
    if (cut == Cut.QUERY || cut == Cut.BOTH) {
      path = withoutQuery(path);
    }
    if (cut == Cut.PARAMETERS || cut == Cut.BOTH) {
      path = withoutParameters(path);
    }
    if (backslashes) {
      path = path.replace('\\', '/');
    }
    return switch (dots) {
      case FIRST -> Paths.merged(Paths.withoutDots(path));
      case LAST -> Paths.withoutDots(Paths.merged(path));
      case KEPT -> Paths.merged(path);
    };
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
