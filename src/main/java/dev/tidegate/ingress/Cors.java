package dev.tidegate.ingress;

import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.PerRoute;
import dev.tidegate.policy.Policy;
import dev.tidegate.policy.Reply;
import dev.tidegate.route.CorsConfig;
import dev.tidegate.route.Paths;
import dev.tidegate.route.Route;
import dev.tidegate.route.RouteConfig;
import dev.tidegate.route.RouteTable;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells browsers which pages of other origins may call a route (CORS, as the Fetch standard has
 * it). Answers their preflights itself, which carry no credentials; on the way out it has the last
 * word on every answer of the route, refusals included, so that pages can read those too.
 */
final class Cors implements Policy {
  private static final CharSequence ALLOW_ORIGIN = HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN;
  private static final CharSequence ALLOW_CREDENTIALS =
      HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS;
  private static final CharSequence EXPOSE = HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS;
  private static final CharSequence REQUEST_METHOD = HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD;
  private static final CharSequence REQUEST_HEADERS = HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS;
  private static final int NO_CONTENT = 204;

  private final RouteTable routes;
  private final PerRoute<@Nullable Terms> terms;

  Cors(RouteTable routes) {
    this.routes = routes;
    this.terms = routes.each(null, Terms::of);
  }

  /** Whether any route is called by pages of other origins. */
  static boolean isAsked(RouteTable routes) {
    return routes.routes().stream().anyMatch(route -> route.config().cors() != null);
  }

  /** What is said of one route, in the words of the headers. */
  private record Terms(
      CorsConfig config, boolean anybody, String methods, String headers, String expose) {
    static @Nullable Terms of(RouteConfig route) {
      CorsConfig config = route.cors();
      if (config == null) {
        return null;
      }
      List<String> own =
          route.methods().isEmpty() ? List.of("GET", "HEAD", "POST") : route.methods();
      return new Terms(
          config,
          config.origins().contains(CorsConfig.ANY),
          String.join(", ", config.methods().isEmpty() ? own : config.methods()),
          String.join(", ", config.headers()),
          String.join(", ", config.expose()));
    }
  }

  @Override
  public void apply(Exchange exchange, Next next) {
    MultiMap asked = exchange.requestHeaders();
    String method =
        HttpMethod.OPTIONS.equals(exchange.method()) && asked.contains(HttpHeaders.ORIGIN)
            ? asked.get(REQUEST_METHOD)
            : null;
    String path =
        method == null || exchange.flaw() != null ? null : Paths.normal(exchange.target());
    Route route =
        method == null || path == null ? null : routes.find(exchange.host(), path, method);
    if (path == null || route == null || route.config().cors() == null) {
      next.proceed();
      return;
    }
    exchange.path(path);
    exchange.route(route.index());
    preflight(exchange, terms.of(exchange));
  }

  private static void preflight(Exchange exchange, @Nullable Terms of) {
    if (of != null && allows(of, exchange)) {
      MultiMap said = exchange.responseHeaders();
      said.set(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, of.methods());
      String wanted = exchange.requestHeaders().get(REQUEST_HEADERS);
      if (of.headers().equals(CorsConfig.ANY)) {
        said.add(HttpHeaders.VARY, REQUEST_HEADERS);
      }
      if (wanted != null && !of.headers().isEmpty()) {
        said.set(
            HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS,
            of.headers().equals(CorsConfig.ANY) ? wanted : of.headers());
      }
      said.set(HttpHeaders.ACCESS_CONTROL_MAX_AGE, Long.toString(of.config().maxAge().toSeconds()));
    }
    exchange.answer(new Reply.Empty(NO_CONTENT));
  }

  private static boolean allows(Terms of, Exchange exchange) {
    String origin = exchange.requestHeaders().get(HttpHeaders.ORIGIN);
    return origin != null && (of.anybody() || of.config().origins().contains(origin));
  }

  @Override
  public void onHead(Exchange exchange) {
    Terms of = terms.of(exchange);
    if (of == null) {
      return;
    }
    MultiMap said = exchange.responseHeaders();
    said.remove(ALLOW_ORIGIN);
    said.remove(ALLOW_CREDENTIALS);
    said.remove(EXPOSE);
    if (!of.anybody()) {
      said.add(HttpHeaders.VARY, HttpHeaders.ORIGIN);
    }
    if (!allows(of, exchange)) {
      return;
    }
    said.set(
        ALLOW_ORIGIN,
        of.anybody() ? CorsConfig.ANY : exchange.requestHeaders().get(HttpHeaders.ORIGIN));
    if (of.config().credentials()) {
      said.set(ALLOW_CREDENTIALS, "true");
    }
    if (!of.expose().isEmpty()) {
      said.set(EXPOSE, of.expose());
    }
  }
}
