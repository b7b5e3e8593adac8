package dev.tidegate.ingress;

import dev.tidegate.ingress.exchange.HttpExchange;
import dev.tidegate.ingress.forward.Proxy;
import dev.tidegate.policy.PerRoute;
import dev.tidegate.policy.Reply;
import dev.tidegate.problem.Problem;
import dev.tidegate.rest.AsyncRequests;
import dev.tidegate.rest.Endpoints;
import dev.tidegate.rest.Site;
import dev.tidegate.route.Route;
import dev.tidegate.route.RouteConfig;
import dev.tidegate.route.RouteTable;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.function.Consumer;

/** Gives an exchange that has passed every policy to what its route names. */
final class Dispatcher {
  private final PerRoute<Consumer<HttpExchange>> targets;

  Dispatcher(RouteTable routes, Proxy proxy, Endpoints endpoints) {
    List<Consumer<HttpExchange>> all =
        routes.routes().stream().map(route -> target(route, proxy, endpoints)).toList();
    this.targets = PerRoute.of(Dispatcher::notFound, all);
  }

  private static Consumer<HttpExchange> target(Route route, Proxy proxy, Endpoints endpoints) {
    RouteConfig config = route.config();
    RouteConfig.Async async = config.async();
    RouteConfig.Fixed fixed = config.fixed();
    RouteConfig.Local local = config.local();
    if (async != null) {
      AsyncRequests.Terms terms =
          new AsyncRequests.Terms(
              config.id(), async.topic(), async.channel(), async.deadline().toMillis());
      return x -> endpoints.asyncRequests().submit(x, terms);
    }
    if (fixed != null) {
      Buffer body = Buffer.buffer(fixed.body());
      return x -> x.answer(new Reply.Content(fixed.status(), fixed.contentType(), body.copy()));
    }
    if (local != null) {
      Site site =
          switch (local) {
            case REQUESTS -> endpoints.requestRecords();
            case MARKETS -> endpoints.markets();
            case PROBLEMS -> endpoints.problems();
          };
      String mount = route.fixedPath();
      return x -> site.answer(x, mount);
    }
    return x -> proxy.forward(x, route);
  }

  private static void notFound(HttpExchange x) {
    x.refuse(Problem.NOT_FOUND, "no route takes this host and path");
  }

  void dispatch(HttpExchange x) {
    targets.of(x).accept(x);
  }
}
