package dev.tidegate.route;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The routes of one host: whole paths in a hash table, templates and prefixes in tries by segment.
 */
final class PathTree {
  private final Map<String, List<Route>> exact = new HashMap<>();
  private final Node templates = new Node();
  private final Node prefixes = new Node();

  private static final class Node {
    final Map<String, Node> children = new HashMap<>();
    @Nullable Node wild;
    final List<Route> routes = new ArrayList<>();

    Node child(String segment) {
      return children.computeIfAbsent(segment, s -> new Node());
    }

    boolean leaf() {
      return wild == null && children.isEmpty();
    }
  }

  void add(Route route) {
    String path = route.config().path();
    String prefix = route.config().prefix();
    if (prefix != null) {
      insert(place(prefixes, Route.key(prefix)), route);
    } else if (path != null && PathPattern.template(path)) {
      insert(place(templates, Route.key(path)), route);
    } else if (path != null) {
      insert(exact.computeIfAbsent(Route.key(path), p -> new ArrayList<>()), route);
    }
  }

  private static List<Route> place(Node root, String pattern) {
    Node node = root;
    String trimmed = pattern.endsWith("/") ? pattern.substring(0, pattern.length() - 1) : pattern;
    for (String segment : trimmed.isEmpty() ? new String[0] : trimmed.substring(1).split("/")) {
      if (segment.charAt(0) == '{') {
        node.wild = node.wild == null ? new Node() : node.wild;
        node = node.wild;
      } else {
        node = node.child(segment);
      }
    }
    return node.routes;
  }

  private static void insert(List<Route> place, Route route) {
    for (Route other : place) {
      for (String method : both(route, other)) {
        if (takes(other, method) && takes(route, method)) {
          throw new IllegalArgumentException(
              "route: "
                  + route.config().id()
                  + " (expected another path or other methods than "
                  + other.config().id()
                  + ")");
        }
      }
    }
    // Routes for named methods before one for all.
    if (route.config().methods().isEmpty()) {
      place.add(route);
    } else {
      place.add(0, route);
    }
  }

  private static boolean takes(Route route, String method) {
    return route.config().methods().isEmpty() || route.config().methods().contains(method);
  }

  private static List<String> both(Route route, Route other) {
    return route.config().methods().isEmpty() || other.config().methods().isEmpty()
        ? route.config().methods().isEmpty() && other.config().methods().isEmpty()
            ? List.of("GET")
            : List.of()
        : route.config().methods();
  }

  @Nullable Route find(String path, String method) {
    if (!exact.isEmpty()) {
      List<Route> whole = exact.get(path);
      Route route = whole == null ? null : pick(whole, method);
      if (route != null) {
        return route;
      }
    }
    if (!templates.leaf()) {
      Route route = template(templates, path, 0, method);
      if (route != null) {
        return route;
      }
    }
    return prefix(path, method);
  }

  void methods(String path, Set<String> into) {
    List<Route> found = new ArrayList<>(exact.getOrDefault(path, List.of()));
    collectTemplates(templates, path, 0, found);
    collectPrefixes(path, found);
    for (Route route : found) {
      into.addAll(route.config().methods());
      if (route.config().methods().contains("GET")) {
        into.add("HEAD");
      }
    }
  }

  private static @Nullable Route pick(List<Route> routes, String method) {
    for (int i = 0; i < routes.size(); i++) {
      Route route = routes.get(i);
      if (route.allows(method)) {
        return route;
      }
    }
    return null;
  }

  private static @Nullable Route template(Node node, String path, int slash, String method) {
    if (slash >= path.length()) {
      return pick(node.routes, method);
    }
    int end = stop(path, slash);
    if (end == slash + 1) {
      return null;
    }
    Node literal = node.children.get(path.substring(slash + 1, end));
    Route route = literal == null ? null : template(literal, path, end, method);
    return route == null && node.wild != null ? template(node.wild, path, end, method) : route;
  }

  private static void collectTemplates(Node node, String path, int slash, List<Route> into) {
    if (slash >= path.length()) {
      into.addAll(node.routes);
      return;
    }
    int end = stop(path, slash);
    Node literal = node.children.get(path.substring(slash + 1, end));
    if (literal != null) {
      collectTemplates(literal, path, end, into);
    }
    if (node.wild != null && end > slash + 1) {
      collectTemplates(node.wild, path, end, into);
    }
  }

  private @Nullable Route prefix(String path, String method) {
    Node node = prefixes;
    Route best = pick(node.routes, method);
    int slash = 0;
    while (!node.children.isEmpty() && slash < path.length()) {
      int end = stop(path, slash);
      Node child = node.children.get(path.substring(slash + 1, end));
      if (child == null) {
        break;
      }
      node = child;
      Route longer = pick(node.routes, method);
      best = longer == null ? best : longer;
      slash = end;
    }
    return best;
  }

  private void collectPrefixes(String path, List<Route> into) {
    Node node = prefixes;
    int slash = 0;
    into.addAll(node.routes);
    while (slash < path.length()) {
      int end = stop(path, slash);
      Node child = node.children.get(path.substring(slash + 1, end));
      if (child == null) {
        return;
      }
      node = child;
      into.addAll(node.routes);
      slash = end;
    }
  }

  private static int stop(String path, int slash) {
    int next = path.indexOf('/', slash + 1);
    return next < 0 ? path.length() : next;
  }
}
