package dev.tidegate.ingress;

import dev.tidegate.auth.Authentication;
import dev.tidegate.net.RequestIds;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.Policy;
import dev.tidegate.ratelimit.RateLimiting;
import dev.tidegate.ratelimit.RateLimits;
import dev.tidegate.route.RouteTable;
import dev.tidegate.rules.RuleMeters;
import dev.tidegate.rules.Rules;
import io.micrometer.core.instrument.MeterRegistry;

/** The life of a request between its head and its target. One instance serves one event loop. */
final class Pipeline implements Next {
  private final Policy[] policies;
  private final Dispatcher dispatcher;

  private Pipeline(Policy[] policies, Dispatcher dispatcher) {
    this.policies = policies;
    this.dispatcher = dispatcher;
  }

  /** What the policies of one event loop are made of. */
  record Parts(
      RequestIds requestIds,
      AccessLog.Lines accessLog,
      MeterRegistry meters,
      RouteTable routes,
      Authenticator authenticator,
      Rules rules,
      RateLimits rateLimits,
      Dispatcher dispatcher) {}

  /** The one statement of order: down on the way in, up on the way out. */
  static Pipeline of(Parts with) {
    RuleMeters ruleMeters = new RuleMeters(with.meters());
    return new Pipeline(
        new Policy[] {
          new RequestNaming(with.requestIds()),
          new AccessLogging(with.accessLog()),
          new ResponseMetrics(with.meters(), with.routes()),
          new AddressBans(with.rules(), ruleMeters),
          new Routing(with.routes()),
          new Authentication(with.authenticator()),
          new ConsumerBans(with.rules(), ruleMeters),
          new RateLimiting(with.rateLimits()),
        },
        with.dispatcher());
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
