package dev.tidegate.ingress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.auth.AuthConfig;
import dev.tidegate.auth.ConfiguredAuthenticator;
import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Operations.Show;
import dev.tidegate.config.Settings;
import dev.tidegate.loop.EventLoops;
import dev.tidegate.overload.ConcurrencyConfig;
import dev.tidegate.overload.ConcurrencyLimits;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.policy.ClientCertificate;
import dev.tidegate.ratelimit.RateLimitConfig;
import dev.tidegate.ratelimit.RateLimits;
import dev.tidegate.route.RouteConfig;
import dev.tidegate.route.RouteTable;
import dev.tidegate.rules.Rules;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.Certificate;
import dev.tidegate.upstream.RegionConfig;
import dev.tidegate.upstream.UpstreamConfig;
import dev.tidegate.upstream.UpstreamNode;
import dev.tidegate.upstream.UpstreamVerticle;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** INGRESS and UPSTREAM on one event loop, with real sockets on free ports. */
final class TestGateway implements AutoCloseable {
  private static final String CONSUMERS =
      "[{name: alice, key: alice-key}, {name: bob, key: bob-key}]";

  private static final AtomicInteger ASKED = new AtomicInteger();

  final Vertx vertx;
  final Bus bus;
  final Rules rules = new Rules();

  /** Of {@code auth}, {@code rate-limit} and {@code overload} those that throw from now on. */
  final Set<String> broken = ConcurrentHashMap.newKeySet();

  final MeterRegistry meters = new SimpleMeterRegistry();
  final EventLoops loops = new EventLoops(meters);
  private final List<RouteConfig> routes = new ArrayList<>();
  private final List<UpstreamConfig> upstreams = new ArrayList<>();
  private final List<RegionConfig> regions = new ArrayList<>();
  private final List<RateLimitConfig> limits = new ArrayList<>();
  private final List<ConcurrencyConfig> concurrency = new ArrayList<>();
  private String http = "host: 127.0.0.1, port: 0";
  private String auth = "{consumers: " + CONSUMERS + "}";
  private boolean withUpstream = true;
  private IngressVerticle ingress;
  private String deployment;

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
    return upstream(upstreamOf(name, "", ports));
  }

  TestGateway upstream(UpstreamConfig upstream) {
    upstreams.add(upstream);
    return this;
  }

  /** With endpoints on this host, and more properties as a file would say them. */
  static UpstreamConfig upstreamOf(String name, String more, int... ports) {
    String endpoints =
        IntStream.of(ports)
            .mapToObj(port -> "{host: 127.0.0.1, port: " + port + "}")
            .collect(Collectors.joining(", "));
    return Settings.of(
        UpstreamConfig.class, "{name: " + name + ", endpoints: [" + endpoints + "], " + more + "}");
  }

  TestGateway limit(String name, double rate, int burst) {
    limits.add(new RateLimitConfig(name, rate, burst, RateLimitConfig.By.CONSUMER));
    return this;
  }

  /** A limit of requests in flight, as a file would say it. */
  TestGateway concurrency(String properties) {
    concurrency.add(Settings.of(ConcurrencyConfig.class, "{" + properties + "}"));
    return this;
  }

  /** How tokens are checked, as a file would say it. */
  TestGateway jwt(String jwt) {
    auth = "{consumers: " + CONSUMERS + ", jwt: " + jwt + "}";
    return this;
  }

  /** Who may call, as a file would say it. */
  TestGateway consumers(String consumers) {
    auth = "{consumers: " + consumers + "}";
    return this;
  }

  /** More properties of the listener, as a file would say them. */
  TestGateway http(String properties) {
    http += ", " + properties;
    return this;
  }

  TestGateway tls(Certificate certificate) {
    return http(
        "tls: {port: 0, key: '" + certificate.key() + "', cert: '" + certificate.cert() + "'}");
  }

  /** A region, as a file would say it. */
  TestGateway region(String properties) {
    regions.add(Settings.of(RegionConfig.class, "{" + properties + "}"));
    return this;
  }

  TestGateway withoutUpstreamRole() {
    withUpstream = false;
    return this;
  }

  TestGateway start() {
    Codecs.register(vertx.eventBus());
    if (withUpstream) {
      vertx
          .deployVerticle(
              new UpstreamVerticle(new UpstreamNode(upstreams, regions, meters, loops, "test")))
          .await();
    }
    ingress =
        new IngressVerticle(
            Settings.of(IngressConfig.class, "{" + http + "}"),
            new IngressNode(
                "test",
                new RouteTable(routes),
                new RateLimits(limits, () -> unlessBroken("rate-limit", System.nanoTime())),
                new ConcurrencyLimits(
                    concurrency, meters, () -> unlessBroken("overload", System.nanoTime())),
                authenticator(),
                rules,
                meters,
                loops));
    deployment = vertx.deployVerticle(ingress).await();
    return this;
  }

  private Authenticator authenticator() {
    Authenticator sound =
        new ConfiguredAuthenticator(Settings.of(AuthConfig.class, auth), System::currentTimeMillis);
    return new Authenticator() {
      @Override
      public Verdict apiKey(String key) {
        return unlessBroken("auth", sound.apiKey(key));
      }

      @Override
      public Verdict bearer(String token) {
        return unlessBroken("auth", sound.bearer(token));
      }

      @Override
      public Verdict certificate(ClientCertificate shown) {
        return unlessBroken("auth", sound.certificate(shown));
      }
    };
  }

  private <T> T unlessBroken(String step, T otherwise) {
    if (broken.contains(step)) {
      throw new IllegalStateException(step + " is broken");
    }
    return otherwise;
  }

  int port() {
    return ingress.port();
  }

  int tlsPort() {
    return ingress.tlsPort();
  }

  /** What the UPSTREAM instance shows of its upstreams. */
  JsonNode upstreams() throws IOException {
    return shown("upstreams");
  }

  /** What one instance shows of this kind. */
  JsonNode shown(String kind) throws IOException {
    String replyTo = "test.shown." + ASKED.incrementAndGet();
    Promise<String> shown = Promise.promise();
    bus.hear(Operations.shown(replyTo), part -> shown.tryComplete(part.json()));
    bus.publish(Operations.show(kind), new Show(kind, null, 100, replyTo));
    return new ObjectMapper().readTree(Await.get(shown.future()));
  }

  /** Lets the ingress leave; the future completes when it has. */
  io.vertx.core.Future<Void> drain() {
    return vertx.undeploy(deployment);
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
