package dev.tidegate.ingress;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Upstreams;
import dev.tidegate.bus.Upstreams.Call;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.ratelimit.RateLimits;
import dev.tidegate.rest.Endpoints;
import dev.tidegate.rest.Timers;
import dev.tidegate.route.RouteTable;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageProducer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The INGRESS role: listeners, and one pipeline for the event loop of this instance. */
public final class IngressVerticle extends VerticleBase {
  private final IngressConfig config;
  private final RouteTable routes;
  private final RateLimits rateLimits;
  private final Authenticator authenticator;
  private final MeterRegistry meters;
  private final String node;
  private final List<HttpServer> servers = new ArrayList<>();
  private @Nullable Connections connections;
  private @Nullable AccessLog accessLog;

  /** The table and the limits may be shared by all instances of a node. */
  public IngressVerticle(
      IngressConfig config,
      RouteTable routes,
      RateLimits rateLimits,
      Authenticator authenticator,
      MeterRegistry meters,
      String node) {
    this.config = config;
    this.routes = routes;
    this.rateLimits = rateLimits;
    this.authenticator = authenticator;
    this.meters = meters;
    this.node = node;
    routes.routes().forEach(r -> rateLimits.check(r.config().rateLimit()));
  }

  @Override
  public Future<?> start() {
    Bus bus = new Bus(vertx.eventBus());
    RequestIds ids = new RequestIds(RandomGenerator.getDefault());
    Connections guards = new Connections(config, () -> System.nanoTime() / 1_000_000, ids);
    Endpoints endpoints = new Endpoints(bus, new Timers(vertx::setTimer, vertx::cancelTimer), node);
    Dispatcher dispatcher = new Dispatcher(routes, new Proxy(bus, upstreamHere()), endpoints);
    AccessLog log = AccessLog.open(config.accessLog(), meters);
    AccessLog.Lines lines = new AccessLog.Lines(log);
    Loop loop = new Loop(config.limits().bodyBytes());
    loop.pipeline(Pipeline.of(ids, lines, meters, routes, authenticator, rateLimits, dispatcher));
    connections = guards;
    accessLog = log;
    vertx.setPeriodic(100, t -> lines.flush());
    vertx.setPeriodic(250, t -> guards.sweep());
    bus.hearHere(Operations.DRAINING, d -> guards.drain());
    RoutesView view = new RoutesView(routes, guards, node);
    bus.hear(Operations.show("routes"), show -> view.answer(bus, show));
    return Future.all(
        Listeners.options(config).stream().map(o -> listen(o, loop, guards, ids)).toList());
  }

  private MessageProducer<Call> upstreamHere() {
    return vertx
        .eventBus()
        .sender(
            Upstreams.exchange(Thread.currentThread().threadId()).name(),
            new DeliveryOptions().setCodecName(Call.class.getName()).setLocalOnly(true));
  }

  private Future<HttpServer> listen(
      HttpServerOptions options, Loop loop, Connections guards, RequestIds ids) {
    HttpServer server =
        vertx
            .createHttpServer(options)
            .connectionHandler(guards::opened)
            .invalidRequestHandler(new InvalidRequests(ids))
            .exceptionHandler(e -> {})
            .requestHandler(loop::accept);
    servers.add(server);
    return server.listen();
  }

  /** Where the clear-text listener is, once started. */
  public int port() {
    return servers.get(0).actualPort();
  }

  /** Where the TLS listener is, once started, or -1. */
  public int tlsPort() {
    return servers.size() > 1 ? servers.get(1).actualPort() : -1;
  }

  @Override
  public Future<?> stop() {
    if (connections != null) {
      connections.drain();
    }
    long drain = config.limits().drain().toMillis();
    return Future.join(servers.stream().map(s -> s.shutdown(drain, TimeUnit.MILLISECONDS)).toList())
        .compose(v -> vertx.executeBlocking(this::closeLog));
  }

  private @Nullable Void closeLog() {
    if (accessLog != null) {
      accessLog.close();
    }
    return null;
  }
}
