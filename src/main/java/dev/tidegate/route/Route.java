package dev.tidegate.route;

import dev.tidegate.bus.Upstreams.Hedge;
import dev.tidegate.bus.Upstreams.Times;
import dev.tidegate.route.RouteConfig.Streams;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A route as the table hands it out: its configuration and its place in the file. */
public final class Route {
  private final int index;
  private final RouteConfig config;
  private final @Nullable String strip;
  private final String front;
  private final @Nullable Hedge hedge;
  private final Times times;
  private final boolean rewrites;

  Route(int index, RouteConfig config) {
    this.index = index;
    this.config = config;
    this.hedge = config.hedge() == null ? null : config.hedge().terms();
    this.times = times(config);
    String cut = trim(config.strip());
    this.strip = cut == null ? null : key(cut);
    String rewrite = trim(config.rewrite());
    this.front = rewrite == null ? "" : rewrite;
    this.rewrites = strip != null || !front.isEmpty();
  }

  /** What a path of the configuration is found by: however it is escaped there. */
  static String key(String configured) {
    String normal = Paths.normal(configured);
    return normal == null ? configured : Paths.comparable(normal);
  }

  public int index() {
    return index;
  }

  public RouteConfig config() {
    return config;
  }

  /** When a read is sent to a second endpoint as well; null for never. */
  public @Nullable Hedge hedge() {
    return hedge;
  }

  /** How long its exchanges with the upstream may take. */
  public Times times() {
    return times;
  }

  private static Times times(RouteConfig config) {
    Streams stream = config.stream();
    return new Times(
        millis(config.timeout()),
        millis(config.connectTimeout()),
        millis(stream == null ? config.idle() : stream.idle()),
        stream != null);
  }

  private static long millis(@Nullable Duration duration) {
    return duration == null ? 0 : duration.toMillis();
  }

  /** The segments that every path of this route begins with, as they are compared. */
  public String fixedPath() {
    String configured = config.prefix() == null ? config.path() : config.prefix();
    String key = configured == null ? "" : key(configured);
    int name = key.indexOf("/{");
    String fixed = name < 0 ? key : key.substring(0, name);
    return fixed.endsWith("/") ? fixed.substring(0, fixed.length() - 1) : fixed;
  }

  boolean allows(String method) {
    return config.methods().isEmpty()
        || config.methods().contains(method)
        || (method.equals("HEAD") && config.methods().contains("GET"));
  }

  /** The target that the upstream is asked for: the path, rewritten, and the query as it came. */
  public String target(String target, String path) {
    int end = Paths.end(target);
    boolean asItCame = end == path.length() && target.startsWith(path);
    if (!rewrites && asItCame) {
      return target;
    }
    String rewritten = rewrites ? rewritten(path) : path;
    return end == target.length() ? rewritten : rewritten + target.substring(end);
  }

  private String rewritten(String path) {
    int stripped = strip == null ? 0 : stripped(path, strip);
    String rest = front + path.substring(stripped);
    return rest.isEmpty() ? "/" : rest;
  }

  /** How much of the path are the segments that are stripped, however they are escaped. */
  private static int stripped(String path, String strip) {
    if (under(path, strip)) {
      return strip.length();
    }
    if (path.indexOf('%') < 0 || !under(Paths.comparable(path), strip)) {
      return 0;
    }
    int at = 0;
    for (int slash = strip.indexOf('/'); slash >= 0; slash = strip.indexOf('/', slash + 1)) {
      int next = path.indexOf('/', at + 1);
      at = next < 0 ? path.length() : next;
    }
    return at;
  }

  private static boolean under(String path, String prefix) {
    return path.startsWith(prefix)
        && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
  }

  /** Whether it is all the same if a path is read before it is rewritten or after that. */
  boolean rewritesAlike(String path, String read, PathReading reading) {
    return !rewrites || reading.of(rewritten(path)).equals(reading.of(rewritten(read)));
  }

  private static @Nullable String trim(@Nullable String prefix) {
    return prefix != null && prefix.endsWith("/")
        ? prefix.substring(0, prefix.length() - 1)
        : prefix;
  }
}
