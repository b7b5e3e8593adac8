package dev.tidegate.ingress.observe;

import dev.tidegate.loop.Loop;
import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.PerRoute;
import dev.tidegate.policy.Policy;
import dev.tidegate.route.RouteTable;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Times answers by route and class of status. Every meter is made at start. */
public final class ResponseMetrics implements Policy {
  private static final String[] CLASSES = {"aborted", "1xx", "2xx", "3xx", "4xx", "5xx"};

  private final PerRoute<Timer[]> timers;
  private final Loop loop;

  public ResponseMetrics(MeterRegistry meters, RouteTable routes, Loop loop) {
    this.timers = routes.ids().map(id -> timers(meters, id));
    this.loop = loop;
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
    next.proceed();
  }

  @Override
  public void onEnd(Exchange exchange) {
    int status = exchange.status() / 100;
    timers.of(exchange)[status < 0 || status > 5 ? 0 : status].record(
        loop.nanos() - exchange.started(), TimeUnit.NANOSECONDS);
  }
}
