package dev.tidegate.ingress;

import dev.tidegate.auth.Authentication;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.Policy;
import dev.tidegate.ratelimit.RateLimiting;
import dev.tidegate.ratelimit.RateLimits;
import dev.tidegate.route.RouteTable;
import io.micrometer.core.instrument.MeterRegistry;

/** The life of a request between its head and its target. One instance serves one event loop. */
final class Pipeline implements Next {
  private final Policy[] policies;
  private final Dispatcher dispatcher;

  private Pipeline(Policy[] policies, Dispatcher dispatcher) {
    this.policies = policies;
    this.dispatcher = dispatcher;
  }

  /** The one statement of order: down on the way in, up on the way out. */
  static Pipeline of(
      RequestIds requestIds,
      AccessLog.Lines accessLog,
      MeterRegistry meters,
      RouteTable routes,
      Authenticator authenticator,
      RateLimits rateLimits,
      Dispatcher dispatcher) {
    return new Pipeline(
        new Policy[] {
          requestIds,
          new AccessLogging(accessLog),
          new ResponseMetrics(meters, routes),
          new Routing(routes),
          new Authentication(authenticator),
          new RateLimiting(rateLimits),
        },
        dispatcher);
  }

  @Override
  public void proceed(Exchange exchange) {
    HttpExchange x = (HttpExchange) exchange;
    int step = x.step++;
    if (step < policies.length) {
      policies[step].apply(x, this);
    } else {
      dispatcher.dispatch(x);
    }
  }

  void head(HttpExchange x) {
    for (int i = Math.min(x.step, policies.length) - 1; i >= 0; i--) {
      policies[i].onHead(x);
    }
  }

  void end(HttpExchange x) {
    for (int i = Math.min(x.step, policies.length) - 1; i >= 0; i--) {
      policies[i].onEnd(x);
    }
  }
}
