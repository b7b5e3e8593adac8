package dev.tidegate.ingress;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Upstreams;
import dev.tidegate.ingress.connection.Connections;
import dev.tidegate.ingress.exchange.Acceptor;
import dev.tidegate.ingress.exchange.OpenStreams;
import dev.tidegate.ingress.exchange.Steps;
import dev.tidegate.ingress.forward.Proxy;
import dev.tidegate.ingress.forward.Tunnels;
import dev.tidegate.ingress.observe.AccessLog;
import dev.tidegate.ingress.observe.RoutesView;
import dev.tidegate.loop.Loop;
import dev.tidegate.net.RequestIds;
import dev.tidegate.net.TlsListener;
import dev.tidegate.net.TrustedProxies;
import dev.tidegate.rest.Endpoints;
import dev.tidegate.rules.RuleMeters;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** The INGRESS role: listeners, and one pipeline for the event loop of this instance. */
public final class IngressVerticle extends VerticleBase {
  private static final Duration SWEEP = Duration.ofMillis(250);
  private static final Duration FLUSH = Duration.ofMillis(100);

  private final IngressConfig config;
  private final IngressNode node;
  private final Listeners listeners;
  private Runnable drain = () -> {};
  private Runnable deaf = () -> {};
  private AccessLog.Lines accessLog = new AccessLog.Lines(null);

  public IngressVerticle(IngressConfig config, IngressNode node) {
    this.config = config;
    this.node = node;
    this.listeners = new Listeners(config, node.certificates());
  }

  @Override
  public Future<?> start() {
    String instance = "ingress-" + Thread.currentThread().threadId();
    Loop loop = node.loops().of(context, instance);
    Bus bus = new Bus(vertx.eventBus());
    RequestIds ids = new RequestIds(RandomGenerator.getDefault());
    TrustedProxies proxies = new TrustedProxies(config.trustedProxies(), config.addressHeader());
    Connections connections = new Connections(config.limits().connection(), proxies, loop, ids);
    Tunnels tunnels = new Tunnels(node.tunnels(), connections::draining, loop);
    drain =
        () -> {
          connections.drain();
          tunnels.drain();
        };
    accessLog = new AccessLog.Lines(AccessLog.open(config.accessLog(), node.meters()));
    Streaming streaming = new Streaming(node.streams(), node.routes(), loop);
    long maxBody = config.limits().bodyBytes();
    Steps steps =
        new Pipeline(config, node, loop, ids, accessLog, streaming)
            .to(targets(bus, loop, tunnels)::dispatch);
    OpenStreams streams = new OpenStreams(new RuleMeters(node.meters()));
    Runnable hold = () -> streams.hold(node.rules().current());
    deaf = node.rules().onChange(() -> loop.execute(hold));
    RoutesView view =
        new RoutesView(
            node.routes(), node.concurrencyLimits(), connections::size, node.name(), instance);
    bus.hear(
        Operations.show("routes"),
        show -> bus.send(Operations.shown(show.replyTo()), view.shown(show)));
    bus.hearHere(Operations.DRAINING, d -> drain.run());
    loop.every(SWEEP, tunnels::sweep);
    loop.every(SWEEP, streaming::sweep);
    loop.every(SWEEP, connections::sweep);
    loop.every(FLUSH, accessLog::flush);
    Listeners.Sockets sockets =
        new Listeners.Sockets(
            vertx::createHttpServer,
            vertx.createNetClient(),
            vertx::executeBlocking,
            pair -> pair.getKeyManagerFactory(vertx));
    loop.every(TlsListener.EVERY, () -> listeners.followCertificate(sockets));
    return listeners.listen(
        sockets,
        connections,
        ids,
        new Acceptor(steps, streams, config.limits().headerBytes(), maxBody, loop));
  }

  private Dispatcher targets(Bus bus, Loop loop, Tunnels tunnels) {
    Proxy proxy = new Proxy(bus, Upstreams.here(vertx.eventBus()), tunnels);
    return new Dispatcher(node.routes(), proxy, new Endpoints(bus, loop, node.name()));
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
    drain.run();
    return listeners.shutdown().eventually(this::closeLog);
  }

  private Future<?> closeLog() {
    deaf.run();
    accessLog.flush();
    return vertx.executeBlocking(accessLog::close);
  }
}
