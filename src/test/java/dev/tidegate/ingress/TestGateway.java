package dev.tidegate.ingress;

import dev.tidegate.auth.AuthConfig;
import dev.tidegate.auth.ConfiguredAuthenticator;
import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.loop.EventLoops;
import dev.tidegate.ratelimit.RateLimitConfig;
import dev.tidegate.ratelimit.RateLimits;
import dev.tidegate.route.RouteConfig;
import dev.tidegate.route.RouteTable;
import dev.tidegate.rules.Rules;
import dev.tidegate.testing.Certificate;
import dev.tidegate.upstream.UpstreamConfig;
import dev.tidegate.upstream.UpstreamVerticle;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** INGRESS and UPSTREAM on one event loop, with real sockets on free ports. */
final class TestGateway implements AutoCloseable {
  private static final List<AuthConfig.Consumer> CONSUMERS =
      List.of(consumer("alice"), consumer("bob"));

  final Vertx vertx;
  final Bus bus;
  final Rules rules = new Rules();
  final MeterRegistry meters = new SimpleMeterRegistry();
  final EventLoops loops = new EventLoops(meters);
  private final List<RouteConfig> routes = new ArrayList<>();
  private final List<UpstreamConfig> upstreams = new ArrayList<>();
  private final List<RateLimitConfig> limits = new ArrayList<>();
  private IngressConfig config = IngressConfig.of("127.0.0.1", 0);
  private AuthConfig auth = new AuthConfig(CONSUMERS, null);
  private boolean withUpstream = true;
  private IngressVerticle ingress;
  private String deployment;

  private static AuthConfig.Consumer consumer(String name) {
    return new AuthConfig.Consumer(name, null, null, null, null, name + "-key");
  }

  TestGateway() {
    this(1);
  }

  TestGateway(int loops) {
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops));
    bus = new Bus(vertx.eventBus());
  }

  TestGateway routes(RouteConfig... more) {
    routes.addAll(List.of(more));
    return this;
  }

  TestGateway upstream(String name, int... ports) {
    UpstreamConfig.Endpoint[] endpoints = new UpstreamConfig.Endpoint[ports.length];
    for (int i = 0; i < ports.length; i++) {
      endpoints[i] = new UpstreamConfig.Endpoint("127.0.0.1", ports[i]);
    }
    return upstream(UpstreamConfig.of(name, endpoints));
  }

  TestGateway upstream(UpstreamConfig upstream) {
    upstreams.add(upstream);
    return this;
  }

  TestGateway limit(String name, double rate, int burst) {
    limits.add(new RateLimitConfig(name, rate, burst, null));
    return this;
  }

  TestGateway auth(AuthConfig.Jwt jwt) {
    auth = new AuthConfig(CONSUMERS, jwt);
    return this;
  }

  TestGateway config(IngressConfig changed) {
    config = changed;
    return this;
  }

  TestGateway limits(IngressConfig.Limits changed) {
    config =
        new IngressConfig(
            config.host(), 0, config.tls(), changed, config.trustedProxies(), config.accessLog());
    return this;
  }

  TestGateway tls(Certificate certificate) {
    config =
        new IngressConfig(
            config.host(),
            0,
            new IngressConfig.Tls(0, certificate.key(), certificate.cert()),
            config.limits(),
            config.trustedProxies(),
            config.accessLog());
    return this;
  }

  TestGateway withoutUpstreamRole() {
    withUpstream = false;
    return this;
  }

  TestGateway start() {
    Codecs.register(vertx.eventBus());
    if (withUpstream) {
      vertx.deployVerticle(new UpstreamVerticle(upstreams, meters, loops, "test")).await();
    }
    ingress =
        new IngressVerticle(
            config,
            new IngressNode(
                "test",
                new RouteTable(routes),
                new RateLimits(limits, System::nanoTime),
                new ConfiguredAuthenticator(auth, System::currentTimeMillis),
                rules,
                meters,
                loops));
    deployment = vertx.deployVerticle(ingress).await();
    return this;
  }

  int port() {
    return ingress.port();
  }

  int tlsPort() {
    return ingress.tlsPort();
  }

  /** Lets the ingress leave; the future completes when it has. */
  io.vertx.core.Future<Void> drain() {
    return vertx.undeploy(deployment);
  }

  static IngressConfig.Limits limits(Duration head, Duration body, long bodyBytes) {
    return new IngressConfig.Limits(
        null, null, bodyBytes, null, null, head, body, null, Duration.ofSeconds(10));
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
