package dev.tidegate.ingress;

import dev.tidegate.auth.AuthConfig;
import dev.tidegate.auth.ConfiguredAuthenticator;
import dev.tidegate.bus.Codecs;
import dev.tidegate.config.Settings;
import dev.tidegate.loop.EventLoops;
import dev.tidegate.overload.ConcurrencyLimits;
import dev.tidegate.ratelimit.RateLimitConfig;
import dev.tidegate.ratelimit.RateLimits;
import dev.tidegate.route.RouteConfig;
import dev.tidegate.route.RouteTable;
import dev.tidegate.rules.Rules;
import dev.tidegate.upstream.UpstreamConfig;
import dev.tidegate.upstream.UpstreamNode;
import dev.tidegate.upstream.UpstreamVerticle;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.transport.Transport;
import java.util.List;

/**
 * A gateway on one event loop with every policy on, for the comparison with other proxies. Not a
 * test: start it, load it, stop it. {@code -Dport}, {@code -Dupstream}, {@code -Dtls.port}, {@code
 * -Dkey}, {@code -Dcert}.
 */
public final class ProxyBench {
  private ProxyBench() {}

  public static void main(String[] args) throws Exception {
    Vertx vertx =
        Vertx.builder()
            .with(new VertxOptions().setEventLoopPoolSize(Integer.getInteger("loops", 1)))
            .withTransport(Transport.EPOLL)
            .build();
    Codecs.register(vertx.eventBus());
    MeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    int instances = Integer.getInteger("loops", 1);
    UpstreamConfig upstream =
        TestGateway.upstreamOf("backend", "", Integer.getInteger("upstream", 9000));
    RouteTable routes =
        new RouteTable(
            List.of(
                root(), Routes.of("id: keyed, prefix: /keyed, upstream: backend, auth: apiKey")));
    RateLimits limits =
        new RateLimits(
            List.of(
                new RateLimitConfig(
                    RateLimitConfig.DEFAULT, 1e8, 100_000_000, RateLimitConfig.By.CONSUMER)),
            System::nanoTime);
    AuthConfig auth = Settings.of(AuthConfig.class, "{consumers: [{name: alice, key: alice-key}]}");
    ConfiguredAuthenticator authenticator =
        new ConfiguredAuthenticator(auth, System::currentTimeMillis);
    String key = System.getProperty("key");
    String tls =
        key == null
            ? ""
            : "tls: {port: %d, key: '%s', cert: '%s'}"
                .formatted(Integer.getInteger("tls.port", 8443), key, System.getProperty("cert"));
    IngressConfig config =
        Settings.of(
            IngressConfig.class,
            "{host: 127.0.0.1, port: %d, limits: {requestsPerConnection: %d}, accessLog: %s, %s}"
                .formatted(
                    Integer.getInteger("port", 8080),
                    Integer.MAX_VALUE,
                    System.getProperty("accessLog", "/dev/null"),
                    tls));
    EventLoops loops = new EventLoops(meters);
    DeploymentOptions each = new DeploymentOptions().setInstances(instances);
    UpstreamNode behind = new UpstreamNode(List.of(upstream), List.of(), meters, loops, "bench");
    vertx.deployVerticle(() -> new UpstreamVerticle(behind), each).await();
    IngressNode node =
        new IngressNode(
            "bench",
            routes,
            limits,
            new ConcurrencyLimits(List.of(), meters, System::nanoTime),
            authenticator,
            new Rules(),
            meters,
            loops);
    vertx.deployVerticle(() -> new IngressVerticle(config, node), each).await();
    System.out.println("ready");
  }

  /** Proxied, or with {@code -Dfixed=BYTES} a fixed answer of that size. */
  private static RouteConfig root() {
    int fixed = Integer.getInteger("fixed", 0);
    return fixed == 0
        ? Routes.of("id: proxied, prefix: /, upstream: backend, auth: none")
        : Routes.fixed("fixed", "/", "x".repeat(fixed));
  }
}
