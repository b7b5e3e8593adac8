package dev.tidegate.route;

import org.jspecify.annotations.Nullable;

/** A route as the table hands it out: its configuration and its place in the file. */
public final class Route {
  private final int index;
  private final RouteConfig config;
  private final @Nullable String strip;
  private final String front;
  private final boolean rewrites;

  Route(int index, RouteConfig config) {
    this.index = index;
    this.config = config;
    this.strip = trim(config.strip());
    String rewrite = trim(config.rewrite());
    this.front = rewrite == null ? "" : rewrite;
    this.rewrites = strip != null || !front.isEmpty();
  }

  public int index() {
    return index;
  }

  public RouteConfig config() {
    return config;
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
    StringBuilder out = new StringBuilder(target.length() + front.length());
    out.append(front);
    if (strip == null || !under(path, strip)) {
      out.append(path);
    } else if (path.length() > strip.length()) {
      out.append(path, strip.length(), path.length());
    }
    if (out.isEmpty()) {
      out.append('/');
    }
    int query = target.indexOf('?', end);
    return query == end
        ? out.append(target, query, fragment(target, query)).toString()
        : out.toString();
  }

  private static int fragment(String target, int from) {
    int hash = target.indexOf('#', from);
    return hash < 0 ? target.length() : hash;
  }

  private static boolean under(String path, String prefix) {
    return path.startsWith(prefix)
        && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
  }

  private static @Nullable String trim(@Nullable String prefix) {
    return prefix != null && prefix.endsWith("/")
        ? prefix.substring(0, prefix.length() - 1)
        : prefix;
  }
}
