package dev.tidegate.ingress;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Upstreams;
import dev.tidegate.net.RequestIds;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.ratelimit.RateLimits;
import dev.tidegate.rest.Endpoints;
import dev.tidegate.rest.Timers;
import dev.tidegate.route.RouteTable;
import dev.tidegate.rules.RuleMeters;
import dev.tidegate.rules.Rules;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The INGRESS role: listeners, and one pipeline for the event loop of this instance. */
public final class IngressVerticle extends VerticleBase {
  private final IngressConfig config;
  private final RouteTable routes;
  private final RateLimits rateLimits;
  private final Authenticator authenticator;
  private final Rules rules;
  private final MeterRegistry meters;
  private final String node;
  private final Listeners listeners;
  private @Nullable Connections connections;
  private Runnable deaf = () -> {};
  private AccessLog.@Nullable Lines accessLog;

  /** Without rules that operators change. */
  public IngressVerticle(
      IngressConfig config,
      RouteTable routes,
      RateLimits rateLimits,
      Authenticator authenticator,
      MeterRegistry meters,
      String node) {
    this(config, routes, rateLimits, authenticator, new Rules(), meters, node);
  }

  /** The table, the limits and the rules may be shared by all instances of a node. */
  public IngressVerticle(
      IngressConfig config,
      RouteTable routes,
      RateLimits rateLimits,
      Authenticator authenticator,
      Rules rules,
      MeterRegistry meters,
      String node) {
    this.config = config;
    this.routes = routes;
    this.rateLimits = rateLimits;
    this.authenticator = authenticator;
    this.rules = rules;
    this.meters = meters;
    this.node = node;
    this.listeners = new Listeners(config);
    routes.routes().forEach(r -> rateLimits.check(r.config().rateLimit()));
  }

  @Override
  public Future<?> start() {
    Bus bus = new Bus(vertx.eventBus());
    RequestIds ids = new RequestIds(RandomGenerator.getDefault());
    Connections guards = new Connections(config, () -> System.nanoTime() / 1_000_000, ids);
    Timers timers = new Timers(vertx::setTimer, vertx::cancelTimer);
    Proxy proxy = new Proxy(bus, Upstreams.here(vertx.eventBus()));
    Dispatcher dispatcher = new Dispatcher(routes, proxy, new Endpoints(bus, timers, node));
    AccessLog.Lines lines = new AccessLog.Lines(AccessLog.open(config.accessLog(), meters));
    Loop loop = new Loop(config.limits().bodyBytes());
    loop.pipeline(
        Pipeline.of(
            new Pipeline.Parts(
                ids, lines, meters, routes, authenticator, rules, rateLimits, dispatcher)));
    RoutesView view = new RoutesView(routes, guards, node);
    RuleMeters ruleMeters = new RuleMeters(meters);
    Runnable hold = () -> loop.streams().hold(rules.current(), ruleMeters);
    deaf = rules.onChange(() -> context.runOnContext(v -> hold.run()));
    connections = guards;
    accessLog = lines;
    vertx.setPeriodic(100, t -> lines.flush());
    vertx.setPeriodic(250, t -> guards.sweep());
    bus.hearHere(Operations.DRAINING, d -> guards.drain());
    bus.hear(Operations.show("routes"), show -> view.answer(bus, show));
    return listeners.listen(vertx::createHttpServer, vertx.createNetClient(), guards, loop::accept);
  }

  /** Where the clear-text listener is, once started. */
  public int port() {
    return listeners.port();
  }

  /** Where the TLS listener is, once started, or -1. */
  public int tlsPort() {
    return listeners.tlsPort();
  }

  @Override
  public Future<?> stop() {
    if (connections != null) {
      connections.drain();
    }
    return listeners.shutdown().eventually(this::closeLog);
  }

  private Future<?> closeLog() {
    deaf.run();
    AccessLog.Lines lines = accessLog;
    if (lines == null) {
      return Future.succeededFuture();
    }
    lines.flush();
    return vertx.executeBlocking(lines::close);
  }
}
