package dev.tidegate.route;

import dev.tidegate.policy.PerRoute;
import dev.tidegate.route.RouteConfig.AmbiguousPaths;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a request. The most specific wins, whatever the order in the file: an exact
 * host before the longest wildcard before none; in a host a whole path before a template before the
 * longest prefix; among routes of one path the one that takes the method. The cost depends on the
 * depth of the path and not on the number of routes. Immutable.
 */
public final class RouteTable {
  private final List<Route> routes;
  private final Map<String, PathTree> hosts = new HashMap<>();
  private final Map<String, PathTree> suffixes = new HashMap<>();
  private final PathTree any = new PathTree();

  public RouteTable(List<RouteConfig> configs) {
    List<Route> all = new ArrayList<>(configs.size());
    Set<String> ids = new HashSet<>();
    for (RouteConfig config : configs) {
      if (!ids.add(config.id())) {
        throw new IllegalArgumentException("id: " + config.id() + " (expected each id once)");
      }
      Route route = new Route(all.size(), config);
      all.add(route);
      tree(config.host()).add(route);
    }
    this.routes = List.copyOf(all);
  }

  private PathTree tree(@Nullable String host) {
    if (host == null) {
      return any;
    }
    return host.startsWith("*.")
        ? suffixes.computeIfAbsent(host.substring(1), h -> new PathTree())
        : hosts.computeIfAbsent(host, h -> new PathTree());
  }

  /** In the order of the configuration. */
  public List<Route> routes() {
    return routes;
  }

  /**
   * What a policy needs to know of each route.
   *
   * @param none what holds while no route has matched
   */
  public <T extends @Nullable Object> PerRoute<T> each(T none, Function<RouteConfig, T> of) {
    List<T> values = new ArrayList<>(routes.size());
    routes.forEach(route -> values.add(of.apply(route.config())));
    return PerRoute.of(none, values);
  }

  /** The names of the routes, and {@code none}. */
  public PerRoute<String> ids() {
    return each("none", RouteConfig::id);
  }

  /**
   * The route for a request, or null.
   *
   * @param host as in the Host header, with or without a port
   * @param normal the path in normal form
   */
  public @Nullable Route find(@Nullable String host, String normal, String method) {
    return findBy(host, Paths.comparable(normal), method);
  }

  /**
   * Whether the path leads to its route in whichever way the upstream may read it, or the route
   * takes it nevertheless.
   */
  public boolean unambiguous(Route route, @Nullable String host, String normal, String method) {
    if (route.config().ambiguousPaths() == AmbiguousPaths.PASS || !PathReading.several(normal)) {
      return true;
    }
    for (PathReading reading : PathReading.ALL) {
      String read = reading.of(normal);
      if (findBy(host, read, method) != route || !route.rewritesAlike(normal, read, reading)) {
        return false;
      }
    }
    return true;
  }

  private @Nullable Route findBy(@Nullable String host, String path, String method) {
    if (host == null || (hosts.isEmpty() && suffixes.isEmpty())) {
      return any.find(path, method);
    }
    String name = name(host);
    PathTree exact = hosts.get(name);
    Route route = exact == null ? null : exact.find(path, method);
    if (!suffixes.isEmpty()) {
      for (int dot = name.indexOf('.');
          route == null && dot >= 0;
          dot = name.indexOf('.', dot + 1)) {
        PathTree wild = suffixes.get(name.substring(dot));
        route = wild == null ? null : wild.find(path, method);
      }
    }
    return route != null ? route : any.find(path, method);
  }

  /** The methods that the path takes; empty when no route knows it. */
  public Set<String> methods(@Nullable String host, String normal) {
    String path = Paths.comparable(normal);
    Set<String> methods = new TreeSet<>();
    any.methods(path, methods);
    if (host != null) {
      String name = name(host);
      PathTree exact = hosts.get(name);
      if (exact != null) {
        exact.methods(path, methods);
      }
      for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
        PathTree wild = suffixes.get(name.substring(dot));
        if (wild != null) {
          wild.methods(path, methods);
        }
      }
    }
    return methods;
  }

  private static String name(String host) {
    int end = host.length();
    int colon = host.lastIndexOf(':');
    if (colon >= 0 && host.indexOf(']', colon) < 0) {
      end = colon;
    }
    if (end > 0 && host.charAt(end - 1) == '.') {
      end--;
    }
    for (int i = 0; i < end; i++) {
      char c = host.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        return host.substring(0, end).toLowerCase(Locale.ROOT);
      }
    }
    return end == host.length() ? host : host.substring(0, end);
  }
}
