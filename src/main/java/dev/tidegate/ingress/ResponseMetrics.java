package dev.tidegate.ingress;

import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.Policy;
import dev.tidegate.route.Route;
import dev.tidegate.route.RouteTable;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Times answers by route and class of status. Every meter is made at start. */
final class ResponseMetrics implements Policy {
  private static final String[] CLASSES = {"aborted", "1xx", "2xx", "3xx", "4xx", "5xx"};

  private final Timer[][] timers;

  ResponseMetrics(MeterRegistry meters, RouteTable routes) {
    timers = new Timer[routes.routes().size() + 1][];
    timers[0] = timers(meters, "none");
    for (Route route : routes.routes()) {
      timers[route.index() + 1] = timers(meters, route.config().id());
    }
  }

  private static Timer[] timers(MeterRegistry meters, String route) {
    Timer[] byClass = new Timer[CLASSES.length];
    for (int i = 0; i < CLASSES.length; i++) {
      byClass[i] =
          Timer.builder("tidegate.http.requests")
              .description("From a request's head to the end of its answer")
              .tag("route", route)
              .tag("status", CLASSES[i])
              .serviceLevelObjectives(
                  Duration.ofMillis(1),
                  Duration.ofMillis(5),
                  Duration.ofMillis(25),
                  Duration.ofMillis(100),
                  Duration.ofMillis(500),
                  Duration.ofSeconds(2),
                  Duration.ofSeconds(10))
              .register(meters);
    }
    return byClass;
  }

  @Override
  public void apply(Exchange exchange, Next next) {
    next.proceed(exchange);
  }

  @Override
  public void onEnd(Exchange exchange) {
    int status = exchange.status() / 100;
    timers[exchange.route() + 1][status < 0 || status > 5 ? 0 : status].record(
        System.nanoTime() - exchange.started(), TimeUnit.NANOSECONDS);
  }
}
