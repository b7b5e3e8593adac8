package dev.tidegate.app.config;

import dev.tidegate.admin.AdminConfig;
import dev.tidegate.auth.AuthConfig;
import dev.tidegate.command.CommandConfig;
import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import dev.tidegate.config.Mistakes;
import dev.tidegate.ingress.IngressConfig;
import dev.tidegate.market.MarketConfig;
import dev.tidegate.net.TlsFiles;
import dev.tidegate.net.TlsListener;
import dev.tidegate.overload.ConcurrencyConfig;
import dev.tidegate.ratelimit.RateLimitConfig;
import dev.tidegate.route.RouteConfig;
import dev.tidegate.stream.StreamConfig;
import dev.tidegate.upstream.RegionConfig;
import dev.tidegate.upstream.UpstreamConfig;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration of a node, one document; each capability owns its part.
 *
 * @param node the name in logs, metrics and {@code welcome}; the process id when absent
 * @param eventLoops threads that carry traffic; as many as the machine has cores when absent
 * @param kafka absent: commands are kept in memory
 * @param redis absent: state is kept in memory
 * @param regions where clients are, for upstreams with a selection
 * @param drain how long clients are given to leave a node that stops
 */
public record GatewayConfig(
    String node,
    Integer eventLoops,
    @Default("{}") IngressConfig http,
    @Default("{}") StreamConfig stream,
    @Default("{}") AdminConfig admin,
    @Nullable Kafka kafka,
    @Nullable Redis redis,
    @Default("{}") AuthConfig auth,
    @Default("[]") List<RouteConfig> routes,
    @Default("[]") List<RateLimitConfig> rateLimits,
    @Default("[]") List<ConcurrencyConfig> concurrencyLimits,
    @Default("[]") List<RegionConfig> regions,
    @Default("[]") List<UpstreamConfig> upstreams,
    @Default("{}") CommandConfig commands,
    @Default("{}") MarketConfig market,
    @Default("30s") Duration drain) {

  private static final int MOST_LOOPS = 256;

  public GatewayConfig {
    node = node == null ? ManagementFactory.getRuntimeMXBean().getName() : node;
    eventLoops = eventLoops == null ? Runtime.getRuntime().availableProcessors() : eventLoops;
    Check.within("eventLoops", eventLoops, 1, MOST_LOOPS);
    routes = List.copyOf(routes);
    rateLimits = List.copyOf(rateLimits);
    concurrencyLimits = List.copyOf(concurrencyLimits);
    upstreams = List.copyOf(upstreams);
    regions = List.copyOf(regions);
  }

  /** How to reach the brokers; {@code properties} go to every Kafka client as they are. */
  public record Kafka(String bootstrapServers, @Default("{}") Map<String, String> properties) {
    public Kafka {
      Check.given("bootstrapServers", bootstrapServers, "host:port[,host:port...]");
      properties = Map.copyOf(properties);
    }

    @Override
    public String toString() {
      return "Kafka[" + bootstrapServers + "]";
    }
  }

  /** How to reach Redis, as in {@code redis://host:6379}; a password in it is never shown. */
  public record Redis(String uri) {
    public Redis {
      Check.secret(uri != null && uri.matches("rediss?://.+"), "uri", "redis://host:port");
    }

    @Override
    public String toString() {
      return "Redis[" + uri.replaceAll("//[^@/]*@", "//***@") + "]";
    }
  }

  /** Opens the files that it names. */
  void open(Mistakes to) {
    http.open(to.at("http"));
    auth.open(to.at("auth"));
    market.open(to.at("market"));
    List<TlsFiles> pairs =
        Stream.of(
                http.tls() == null ? null : http.tls().files(),
                stream.tls() == null ? null : stream.tls().files())
            .filter(Objects::nonNull)
            .toList();
    if (!pairs.isEmpty()) {
      Vertx reader = Vertx.vertx();
      pairs.forEach(pair -> open(pair, reader, to));
      reader.close().await();
    }
  }

  private static void open(TlsFiles files, Vertx reader, Mistakes to) {
    try {
      TlsListener.check(files, pair -> pair.getKeyManagerFactory(reader));
    } catch (IllegalArgumentException e) {
      to.add(e);
    }
  }
}
