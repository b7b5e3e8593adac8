package dev.tidegate.ingress;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Operations.Show;
import dev.tidegate.bus.Operations.Shown;
import dev.tidegate.route.Route;
import dev.tidegate.route.RouteConfig;
import dev.tidegate.route.RouteTable;
import org.jspecify.annotations.Nullable;

/** Shows an operator the routes of this instance. */
final class RoutesView {
  private final RouteTable routes;
  private final Connections connections;
  private final String node;
  private final String instance = "ingress-" + Thread.currentThread().threadId();

  RoutesView(RouteTable routes, Connections connections, String node) {
    this.routes = routes;
    this.connections = connections;
    this.node = node;
  }

  void answer(Bus bus, Show show) {
    StringBuilder out = new StringBuilder("{\"connections\":").append(connections.size());
    out.append(",\"routes\":[");
    int shown = 0;
    int limit = show.limit() > 0 ? show.limit() : Integer.MAX_VALUE;
    for (Route route : routes.routes()) {
      if ((show.id() == null || show.id().equals(route.config().id())) && shown < limit) {
        out.append(shown++ == 0 ? "" : ",");
        route(out, route.config());
      }
    }
    bus.send(
        Operations.shown(show.replyTo()), new Shown(node, instance, out.append("]}").toString()));
  }

  private static void route(StringBuilder out, RouteConfig route) {
    out.append('{');
    member(out, "id", route.id());
    member(out, "host", route.host());
    member(out, "path", route.path());
    member(out, "prefix", route.prefix());
    member(out, "methods", route.methods().isEmpty() ? null : String.join(",", route.methods()));
    member(out, "target", target(route));
    member(out, "rateLimit", route.rateLimit());
    member(out, "auth", route.auth().name());
    out.append('}');
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

  private static void member(StringBuilder out, String name, @Nullable String value) {
    if (value == null) {
      return;
    }
    out.append(out.charAt(out.length() - 1) == '{' ? "\"" : ",\"").append(name).append("\":\"");
    JsonStringEncoder.getInstance().quoteAsString(value, out);
    out.append('"');
  }
}
