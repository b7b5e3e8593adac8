package dev.tidegate.ingress;

import dev.tidegate.policy.Reply;
import dev.tidegate.problem.Problem;
import dev.tidegate.rest.Endpoints;
import dev.tidegate.route.Route;
import dev.tidegate.route.RouteConfig;
import dev.tidegate.route.RouteTable;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.function.Consumer;

/** Gives an exchange that has passed every policy to what its route names. */
final class Dispatcher {
  private final List<Consumer<HttpExchange>> targets;

  Dispatcher(RouteTable routes, Proxy proxy, Endpoints endpoints) {
    this.targets = routes.routes().stream().map(r -> target(r, proxy, endpoints)).toList();
  }

  private static Consumer<HttpExchange> target(Route route, Proxy proxy, Endpoints endpoints) {
    RouteConfig config = route.config();
    RouteConfig.Async async = config.async();
    RouteConfig.Fixed fixed = config.fixed();
    RouteConfig.Local local = config.local();
    if (async != null) {
      long deadline = async.deadline().toMillis();
      return x ->
          endpoints
              .asyncRequests()
              .submit(x, async.topic(), async.channel(), x.request().uri(), deadline);
    }
    if (fixed != null) {
      Buffer body = Buffer.buffer(fixed.body());
      return x -> x.answer(new Reply.Content(fixed.status(), fixed.contentType(), body.copy()));
    }
    if (local != null) {
      return switch (local) {
        case REQUESTS -> endpoints.requestRecords()::answer;
        case MARKETS -> endpoints.markets()::answer;
        case PROBLEMS -> endpoints.problems()::answer;
      };
    }
    return x -> proxy.forward(x, route);
  }

  void dispatch(HttpExchange x) {
    int route = x.route();
    if (route < 0) {
      x.refuse(Problem.NOT_FOUND, "no route takes this host and path");
    } else {
      targets.get(route).accept(x);
    }
  }
}
