package dev.tidegate.route;

import java.util.regex.Pattern;

/** The two forms that a route's path may have. */
final class PathPattern {
  private static final String SEGMENT = "[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}";
  private static final Pattern PREFIX = Pattern.compile("/|(/(?:" + SEGMENT + ")+)+/?");
  private static final Pattern PATH =
      Pattern.compile("/|(/(?:(?:" + SEGMENT + ")+|\\{[A-Za-z][A-Za-z0-9]*\\}))+/?");

  private PathPattern() {}

  static boolean valid(String path) {
    return PATH.matcher(path).matches();
  }

  static boolean validPrefix(String prefix) {
    return PREFIX.matcher(prefix).matches();
  }

  static boolean template(String path) {
    return path.indexOf('{') >= 0;
  }
}
