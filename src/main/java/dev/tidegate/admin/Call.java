package dev.tidegate.admin;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One thing that the admin listener does.
 *
 * @param method with {@code GET} goes {@code HEAD}
 * @param path with {@code :name} for a segment that says of what
 * @param parameters all that is read from the query
 */
record Call(String method, String path, List<String> parameters, Handler<RoutingContext> handler) {
  private static final String PARAMETERS = "parameters";

  static Call get(String path, Handler<RoutingContext> handler) {
    return new Call("GET", path, List.of(), handler);
  }

  static Call of(String method, String path, Handler<RoutingContext> handler) {
    return new Call(method, path, List.of(), handler);
  }

  void mount(Router router) {
    Route route = router.route(path).putMetadata(PARAMETERS, parameters).handler(handler);
    methods().map(HttpMethod::valueOf).forEach(route::method);
  }

  Stream<String> methods() {
    return method.equals("GET") ? Stream.of("GET", "HEAD") : Stream.of(method);
  }

  /** Whether the path, in normal form, is one of this call. */
  boolean at(String normal) {
    boolean slash = normal.endsWith("/") && !path.endsWith("/");
    String[] there = (slash ? normal.substring(0, normal.length() - 1) : normal).split("/", -1);
    String[] here = path.split("/", -1);
    boolean alike = there.length == here.length;
    for (int i = 0; alike && i < here.length; i++) {
      alike = here[i].startsWith(":") ? !there[i].isEmpty() : here[i].equals(there[i]);
    }
    return alike;
  }

  /** What the query says; null when it says nothing. It is a parameter that the call declares. */
  static @Nullable String query(RoutingContext request, String parameter) {
    Route route = Objects.requireNonNull(request.currentRoute());
    List<String> declared = route.getMetadata(PARAMETERS);
    if (!declared.contains(parameter)) {
      throw new IllegalStateException(
          "parameter: " + parameter + " (expected one of " + declared + ")");
    }
    List<String> values = request.queryParam(parameter);
    return values.isEmpty() ? null : values.getFirst();
  }

  /** What a segment of the path stands for. */
  static String segment(RoutingContext request, String name) {
    return String.valueOf(request.pathParam(name));
  }
}
