package dev.tidegate.net;

import io.vertx.core.http.HttpHeaders;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The ids of requests, alike on every listener: the caller's when it is sane, that is 1 to 128
 * letters, digits and {@code - _ . :}, else a new one. One for each event loop; not thread-safe.
 */
public final class RequestIds implements Supplier<String> {
  public static final CharSequence HEADER = HttpHeaders.createOptimized("x-request-id");

  private static final int MAX_LENGTH = 128;

  private final String prefix;
  private long count;

  /** {@code random} tells this instance's ids from those of all others. */
  public RequestIds(RandomGenerator random) {
    this.prefix = Long.toString((random.nextLong() >>> 1) | (1L << 62), 36) + '-';
  }

  /** The id of a request whose caller gave this one, or none. */
  public String of(@Nullable String given) {
    return given != null && isSane(given) ? given : get();
  }

  /** A new id: where and when we started, and a number. */
  @Override
  public String get() {
    return prefix + Long.toString(++count, 36);
  }

  private static boolean isSane(String id) {
    if (id.isEmpty() || id.length() > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean fine =
          (c >= 'a' && c <= 'z')
              || (c >= '0' && c <= '9')
              || (c >= 'A' && c <= 'Z')
              || c == '-'
              || c == '_'
              || c == '.'
              || c == ':';
      if (!fine) {
        return false;
      }
    }
    return true;
  }
}
