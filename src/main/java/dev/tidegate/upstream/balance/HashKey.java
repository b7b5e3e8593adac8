package dev.tidegate.upstream.balance;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The hash by which a request finds its endpoint: the same on every node and after a restart. */
public final class HashKey {
  private final HashConfig config;

  public HashKey(@Nullable HashConfig config) {
    this.config = config == null ? HashConfig.OF_ADDRESS : config;
  }

  /** The hash of what is configured, or of the address where the request has no such thing. */
  public long of(String address, String uri, Function<String, @Nullable String> headers) {
    String name = config.name() == null ? "" : config.name();
    String key =
        switch (config.by()) {
          case ADDRESS -> address;
          case PATH -> path(uri);
          case HEADER -> headers.apply(name);
          case COOKIE -> among(headers.apply("cookie"), ";", name);
          case QUERY -> among(query(uri), "&", name);
        };
    return hash(key == null ? address : key);
  }

  private static String path(String uri) {
    int query = uri.indexOf('?');
    return query < 0 ? uri : uri.substring(0, query);
  }

  private static @Nullable String query(String uri) {
    int query = uri.indexOf('?');
    return query < 0 ? null : uri.substring(query + 1);
  }

  /** The first of that name, as it was sent. */
  private static @Nullable String among(@Nullable String pairs, String separator, String name) {
    if (pairs == null) {
      return null;
    }
    int from = 0;
    while (from <= pairs.length()) {
      int next = pairs.indexOf(separator, from);
      int end = next < 0 ? pairs.length() : next;
      int equals = pairs.indexOf('=', from);
      if (equals >= 0 && equals < end && pairs.substring(from, equals).strip().equals(name)) {
        return pairs.substring(equals + 1, end).strip();
      }
      from = end + 1;
    }
    return null;
  }

  /** FNV-1a, and a last mix, so that keys that differ in little lie far apart. */
  static long hash(String key) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < key.length(); i++) {
      hash = (hash ^ key.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }
}
