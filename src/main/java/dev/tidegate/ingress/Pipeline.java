package dev.tidegate.ingress;

import dev.tidegate.auth.Authentication;
import dev.tidegate.compress.Compression;
import dev.tidegate.ingress.exchange.HttpExchange;
import dev.tidegate.ingress.exchange.Step;
import dev.tidegate.ingress.exchange.Steps;
import dev.tidegate.ingress.observe.AccessLog;
import dev.tidegate.ingress.observe.AccessLogging;
import dev.tidegate.ingress.observe.ResponseMetrics;
import dev.tidegate.loop.Loop;
import dev.tidegate.net.RequestIds;
import dev.tidegate.overload.LoadShedding;
import dev.tidegate.policy.AuthDemand;
import dev.tidegate.policy.OnFailure;
import dev.tidegate.policy.PerRoute;
import dev.tidegate.ratelimit.RateLimiting;
import dev.tidegate.route.CompressionConfig;
import dev.tidegate.route.RouteConfig;
import dev.tidegate.route.RouteConfig.Failures;
import dev.tidegate.route.RouteTable;
import dev.tidegate.rules.RuleMeters;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The life of a request between its head and its target, on one event loop. */
record Pipeline(
    IngressConfig config,
    IngressNode node,
    Loop loop,
    RequestIds ids,
    AccessLog.Lines accessLog,
    Streaming streaming) {
  /** The one statement of order: down on the way in, up on the way out. */
  Steps to(Consumer<HttpExchange> target) {
    RouteTable routes = node.routes();
    RuleMeters ruleMeters = new RuleMeters(node.meters());
    PerRoute<OnFailure> open = routes.each(OnFailure.OPEN, route -> OnFailure.OPEN);
    PerRoute<OnFailure> closed = routes.each(OnFailure.CLOSED, route -> OnFailure.CLOSED);
    List<Step> steps = new ArrayList<>();
    steps.add(new Step("naming", new RequestNaming(ids), closed));
    steps.add(new Step("access-log", new AccessLogging(accessLog, routes, loop), open));
    steps.add(new Step("metrics", new ResponseMetrics(node.meters(), routes, loop), open));
    if (TransportSecurity.isAsked(config)) {
      steps.add(new Step("transport-security", new TransportSecurity(config), closed));
    }
    steps.add(new Step("address-bans", new AddressBans(node.rules(), ruleMeters), closed));
    if (Cors.isAsked(routes)) {
      steps.add(new Step("cors", new Cors(routes), closed));
    }
    PerRoute<Compression.@Nullable Terms> compressed = routes.each(null, Pipeline::compression);
    if (routes.routes().stream().anyMatch(route -> route.config().compression() != null)) {
      steps.add(new Step("compression", new Compression(compressed), open));
    }
    steps.add(new Step("routing", new Routing(routes, config.limits().bodyBytes()), closed));
    steps.add(
        new Step(
            "auth",
            new Authentication(
                node.authenticator(), routes.each(AuthDemand.NONE, RouteConfig::auth)),
            declared(Failures::auth)));
    steps.add(new Step("consumer-bans", new ConsumerBans(node.rules(), ruleMeters), closed));
    steps.add(
        new Step(
            "rate-limit",
            new RateLimiting(
                node.rateLimits(), routes.each(null, RouteConfig::rateLimit), routes.ids()),
            declared(Failures::rateLimit)));
    steps.add(new Step("streams", streaming, closed));
    steps.add(
        new Step(
            "overload",
            new LoadShedding(node.concurrencyLimits(), routes.each(null, Pipeline::sheddingTerms)),
            declared(Failures::overload)));
    return new Steps(steps, target, node.faults());
  }

  /** What the routes say of one policy. */
  private PerRoute<OnFailure> declared(Function<Failures, OnFailure> of) {
    return node.routes().each(OnFailure.CLOSED, route -> of.apply(route.onFailure()));
  }

  private static LoadShedding.Terms sheddingTerms(RouteConfig route) {
    String upstream = route.upstream();
    boolean commands = route.async() != null;
    String target = upstream != null ? upstream : commands ? "commands" : "gateway";
    return new LoadShedding.Terms(
        route.id(), target, commands, route.priority(), route.concurrency());
  }

  private static Compression.@Nullable Terms compression(RouteConfig route) {
    CompressionConfig config = route.compression();
    return config == null
        ? null
        : new Compression.Terms(config.codings(), config.types(), config.minBytes());
  }
}
