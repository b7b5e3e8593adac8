package dev.tidegate.ingress;

import dev.tidegate.net.Escapes;
import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.Policy;
import dev.tidegate.policy.Reply;
import dev.tidegate.problem.Problem;
import dev.tidegate.route.Paths;
import dev.tidegate.route.Route;
import dev.tidegate.route.RouteTable;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the route, and refuses what must not be routed. */
final class Routing implements Policy {
  private static final CharSequence ALLOW = HttpHeaders.createOptimized("allow");

  /** What may be asked for at all: CONNECT wants a tunnel, and TRACE to see what others add. */
  private static final String OTHERS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

  private final RouteTable routes;
  private final long maxBody;

  /** {@code maxBody} holds where a route says nothing else. */
  Routing(RouteTable routes, long maxBody) {
    this.routes = routes;
    this.maxBody = maxBody;
  }

  @Override
  public void apply(Exchange exchange, Next next) {
    Reply.Refusal flaw = exchange.flaw();
    if (flaw != null) {
      exchange.closeAfter();
      exchange.answer(flaw);
      return;
    }
    if (exchange.method().equals(HttpMethod.CONNECT)
        || exchange.method().equals(HttpMethod.TRACE)) {
      exchange.responseHeaders().set(ALLOW, OTHERS);
      exchange.refuse(Problem.METHOD_NOT_ALLOWED, "no path takes " + exchange.method().name());
      return;
    }
    String path = Paths.normal(exchange.target());
    if (path == null) {
      exchange.refuse(Problem.BAD_REQUEST, Escapes.MALFORMED);
      return;
    }
    exchange.path(path);
    Route route = routes.find(exchange.host(), path, exchange.method().name());
    if (route == null) {
      refuse(exchange, path);
      return;
    }
    if (!routes.unambiguous(route, exchange.host(), path, exchange.method().name())) {
      exchange.refuse(Problem.BAD_REQUEST, "path: can be read as one of another route");
      return;
    }
    exchange.route(route.index());
    Long own = route.config().maxBody();
    long usual = route.config().stream() == null ? maxBody : Long.MAX_VALUE;
    long limit = own == null ? usual : own;
    exchange.limitBody(limit);
    if (exchange.contentLength() > limit) {
      exchange.refuse(Problem.BODY_TOO_LARGE, "the body may have " + limit + " bytes");
    } else if (!meets(exchange.expectation())) {
      exchange.refuse(
          Problem.EXPECTATION_FAILED, "the only expectation that is met is 100-continue");
    } else {
      next.proceed();
    }
  }

  private void refuse(Exchange exchange, String path) {
    Set<String> methods = routes.methods(exchange.host(), path);
    if (methods.isEmpty()) {
      exchange.refuse(Problem.NOT_FOUND, "no route takes this host and path");
    } else {
      exchange.responseHeaders().set(ALLOW, String.join(", ", methods));
      exchange.refuse(Problem.METHOD_NOT_ALLOWED, "this path takes " + String.join(", ", methods));
    }
  }

  private static boolean meets(@Nullable String expectation) {
    return expectation == null || expectation.equalsIgnoreCase("100-continue");
  }
}
