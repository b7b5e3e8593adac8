package dev.tidegate.rest;

import dev.tidegate.net.Escapes;
import dev.tidegate.policy.Exchange;
import dev.tidegate.problem.Problem;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Endpoints below one root: finds the one that a request is for, and refuses what is for none. All
 * of them are read and none is written.
 */
public final class Site {
  private static final CharSequence ALLOW = HttpHeaders.createOptimized("allow");
  private static final String METHODS = "GET, HEAD";

  private final String root;
  private final String nothing;
  private final List<Endpoint> endpoints;

  /** {@code nothing} is what people read of a path that none of the endpoints has. */
  Site(String root, String nothing, Endpoint... endpoints) {
    this.root = root;
    this.nothing = nothing;
    this.endpoints = List.of(endpoints);
  }

  public String root() {
    return root;
  }

  public List<Endpoint> endpoints() {
    return endpoints;
  }

  /** Answers below {@code mount}, which ends with the root or stands in front of it. */
  public void answer(Exchange exchange, String mount) {
    if (!Escapes.sound(exchange.target())) {
      exchange.refuse(Problem.BAD_REQUEST, Escapes.MALFORMED);
      return;
    }
    String below = below(exchange.path(), mount);
    for (int i = 0; below != null && i < endpoints.size(); i++) {
      String sent = endpoints.get(i).match(below);
      String name = sent == null ? null : Escapes.decoded(sent);
      if (name != null) {
        answer(exchange, endpoints.get(i), name);
        return;
      }
    }
    exchange.refuse(Problem.NOT_FOUND, nothing);
  }

  private static void answer(Exchange exchange, Endpoint endpoint, String name) {
    if (HttpMethod.GET.equals(exchange.method()) || HttpMethod.HEAD.equals(exchange.method())) {
      endpoint.answer().accept(new Asked(exchange, endpoint, name));
    } else {
      exchange.responseHeaders().set(ALLOW, METHODS);
      exchange.refuse(Problem.METHOD_NOT_ALLOWED, "this path takes " + METHODS);
    }
  }

  /** What comes after the root, which begins in the mount or right after it. */
  private @Nullable String below(String path, String mount) {
    int start = path.indexOf(root);
    int end = start + root.length();
    if (start < 0
        || start > mount.length()
        || (end < path.length() && path.charAt(end) != '/')
        || !path.startsWith(mount.substring(0, start))) {
      return null;
    }
    return path.length() == end + 1 ? "" : path.substring(end);
  }
}
