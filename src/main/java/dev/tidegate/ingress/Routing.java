package dev.tidegate.ingress;

import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.Policy;
import dev.tidegate.problem.Problem;
import dev.tidegate.route.Paths;
import dev.tidegate.route.Route;
import dev.tidegate.route.RouteTable;
import io.vertx.core.http.HttpHeaders;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the route, and refuses what must not be routed. */
final class Routing implements Policy {
  private static final CharSequence ALLOW = HttpHeaders.createOptimized("allow");

  private final RouteTable routes;

  Routing(RouteTable routes) {
    this.routes = routes;
  }

  @Override
  public void apply(Exchange exchange, Next next) {
    HttpExchange x = (HttpExchange) exchange;
    String flaw = x.flaw();
    if (flaw != null) {
      x.closeAfter();
      x.refuse(Problem.BAD_REQUEST, flaw);
      return;
    }
    String path = Paths.normal(x.target());
    if (path == null) {
      x.refuse(Problem.BAD_REQUEST, "the path is not a valid path");
      return;
    }
    x.path(path);
    String method = x.request().method().name();
    Route route = routes.find(x.host(), path, method);
    if (route == null) {
      refuse(x, path);
      return;
    }
    x.route(route);
    long limit = x.bodyLimit();
    if (x.contentLength() > limit) {
      x.refuse(Problem.BODY_TOO_LARGE, "the body may have " + limit + " bytes");
    } else if (!meets(x.expectation())) {
      x.refuse(Problem.EXPECTATION_FAILED, "the only expectation that is met is 100-continue");
    } else {
      next.proceed(x);
    }
  }

  private void refuse(HttpExchange x, String path) {
    Set<String> methods = routes.methods(x.host(), path);
    if (methods.isEmpty()) {
      x.refuse(Problem.NOT_FOUND, "no route takes this host and path");
    } else {
      x.responseHeaders().set(ALLOW, String.join(", ", methods));
      x.refuse(Problem.METHOD_NOT_ALLOWED, "this path takes " + String.join(", ", methods));
    }
  }

  private static boolean meets(@Nullable String expectation) {
    return expectation == null || expectation.equalsIgnoreCase("100-continue");
  }
}
