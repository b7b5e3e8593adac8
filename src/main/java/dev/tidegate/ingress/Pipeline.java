package dev.tidegate.ingress;

import dev.tidegate.auth.Authentication;
import dev.tidegate.ingress.exchange.HttpExchange;
import dev.tidegate.ingress.exchange.Steps;
import dev.tidegate.ingress.observe.AccessLog;
import dev.tidegate.ingress.observe.AccessLogging;
import dev.tidegate.ingress.observe.ResponseMetrics;
import dev.tidegate.loop.Loop;
import dev.tidegate.net.RequestIds;
import dev.tidegate.overload.LoadShedding;
import dev.tidegate.policy.AuthDemand;
import dev.tidegate.policy.Policy;
import dev.tidegate.ratelimit.RateLimiting;
import dev.tidegate.route.RouteConfig;
import dev.tidegate.route.RouteTable;
import dev.tidegate.rules.RuleMeters;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The life of a request between its head and its target, on one event loop. */
record Pipeline(
    IngressConfig config, IngressNode node, Loop loop, RequestIds ids, AccessLog.Lines accessLog) {
  /** The one statement of order: down on the way in, up on the way out. */
  Steps to(Consumer<HttpExchange> target) {
    RouteTable routes = node.routes();
    RuleMeters ruleMeters = new RuleMeters(node.meters());
    List<Policy> steps = new ArrayList<>();
    steps.add(new RequestNaming(ids));
    steps.add(new AccessLogging(accessLog, routes, loop));
    steps.add(new ResponseMetrics(node.meters(), routes, loop));
    if (TransportSecurity.isAsked(config)) {
      steps.add(new TransportSecurity(config));
    }
    steps.add(new AddressBans(node.rules(), ruleMeters));
    if (Cors.isAsked(routes)) {
      steps.add(new Cors(routes));
    }
    steps.add(new Routing(routes, config.limits().bodyBytes()));
    steps.add(
        new Authentication(node.authenticator(), routes.each(AuthDemand.NONE, RouteConfig::auth)));
    steps.add(new ConsumerBans(node.rules(), ruleMeters));
    steps.add(
        new RateLimiting(
            node.rateLimits(), routes.each(null, RouteConfig::rateLimit), routes.ids()));
    steps.add(
        new LoadShedding(node.concurrencyLimits(), routes.each(null, Pipeline::sheddingTerms)));
    return new Steps(steps, target);
  }

  private static LoadShedding.Terms sheddingTerms(RouteConfig route) {
    String upstream = route.upstream();
    boolean commands = route.async() != null;
    String target = upstream != null ? upstream : commands ? "commands" : "gateway";
    return new LoadShedding.Terms(
        route.id(), target, commands, route.priority(), route.concurrency());
  }
}
