package dev.tidegate.ingress.observe;

import dev.tidegate.bus.Operations.Show;
import dev.tidegate.bus.Operations.Shown;
import dev.tidegate.json.JsonWriter;
import dev.tidegate.overload.ConcurrencyLimits;
import dev.tidegate.route.Route;
import dev.tidegate.route.RouteConfig;
import dev.tidegate.route.RouteTable;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Shows an operator the routes of this instance. */
public final class RoutesView {
  private static final int MOST_LIMITS = 100;

  private final RouteTable routes;
  private final ConcurrencyLimits limits;
  private final IntSupplier connections;
  private final String node;
  private final String instance;

  /** {@code connections} counts those that are open. */
  public RoutesView(
      RouteTable routes,
      ConcurrencyLimits limits,
      IntSupplier connections,
      String node,
      String instance) {
    this.routes = routes;
    this.limits = limits;
    this.connections = connections;
    this.node = node;
    this.instance = instance;
  }

  /** All routes, or the one or the few that are asked for. */
  public Shown shown(Show show) {
    JsonWriter json = new JsonWriter().object().field("connections", connections.getAsInt());
    json.array("routes");
    String id = show.id();
    routes.routes().stream()
        .map(Route::config)
        .filter(route -> id == null || id.equals(route.id()))
        .limit(show.limit() > 0 ? show.limit() : Integer.MAX_VALUE)
        .forEach(route -> write(json, route));
    json.end().array("concurrency");
    limits.shown(MOST_LIMITS).forEach(limit -> write(json, limit));
    return new Shown(node, instance, json.end().end().toString());
  }

  private static void write(JsonWriter json, ConcurrencyLimits.Shown limit) {
    json.object().field("limit", limit.name()).field("of", limit.of());
    json.field("now", limit.limit()).field("inFlight", limit.inFlight());
    json.field("probing", limit.probing()).end();
  }

  private static void write(JsonWriter json, RouteConfig route) {
    json.object().field("id", route.id()).optional("host", route.host());
    json.optional("path", route.path()).optional("prefix", route.prefix());
    json.optional("methods", methods(route)).field("target", target(route));
    json.optional("rateLimit", route.rateLimit()).field("auth", route.auth().name()).end();
  }

  private static @Nullable String methods(RouteConfig route) {
    return route.methods().isEmpty() ? null : String.join(",", route.methods());
  }

  private static String target(RouteConfig route) {
    RouteConfig.Async async = route.async();
    RouteConfig.Fixed fixed = route.fixed();
    RouteConfig.Local local = route.local();
    return async != null
        ? "async:" + async.topic()
        : fixed != null
            ? "fixed:" + fixed.status()
            : local != null ? "local:" + local : "upstream:" + route.upstream();
  }
}
