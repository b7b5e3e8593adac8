package dev.tidegate.upstream.health;

import java.util.Locale;

/** What can be wrong with an endpoint, as metrics name it. */
public enum Cause {
  UNREACHABLE,
  BROKEN,
  TIMEOUT,
  STATUS,
  CHECK;

  String tag() {
    return name().toLowerCase(Locale.ROOT);
  }
}
