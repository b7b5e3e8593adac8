package dev.tidegate.app.config;

import dev.tidegate.admin.AdminConfig;
import dev.tidegate.auth.AuthConfig;
import dev.tidegate.command.CommandConfig;
import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import dev.tidegate.ingress.IngressConfig;
import dev.tidegate.market.MarketConfig;
import dev.tidegate.overload.ConcurrencyConfig;
import dev.tidegate.ratelimit.RateLimitConfig;
import dev.tidegate.route.RouteConfig;
import dev.tidegate.stream.StreamConfig;
import dev.tidegate.upstream.RegionConfig;
import dev.tidegate.upstream.UpstreamConfig;
import dev.tidegate.upstream.UpstreamConfig.Endpoint;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
    crossCheck(routes, rateLimits, concurrencyLimits, upstreams);
    crossCheck(regions, upstreams);
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

  /** What parts say of one another: every name exists, and exists once. */
  private static void crossCheck(
      List<RouteConfig> routes,
      List<RateLimitConfig> limits,
      List<ConcurrencyConfig> concurrencyLimits,
      List<UpstreamConfig> upstreams) {
    Set<String> upstreamNames = new TreeSet<>();
    for (int i = 0; i < upstreams.size(); i++) {
      once(upstreamNames, "upstreams[" + i + "].name", upstreams.get(i).name());
    }
    Set<String> limitNames = new TreeSet<>();
    for (int i = 0; i < limits.size(); i++) {
      once(limitNames, "rateLimits[" + i + "].name", limits.get(i).name());
    }
    Set<String> concurrencyNames = new TreeSet<>();
    for (int i = 0; i < concurrencyLimits.size(); i++) {
      String name = concurrencyLimits.get(i).name();
      once(concurrencyNames, "concurrencyLimits[" + i + "].name", name);
    }
    Set<String> ids = new TreeSet<>();
    for (int i = 0; i < routes.size(); i++) {
      RouteConfig route = routes.get(i);
      once(ids, "routes[" + i + "].id", route.id());
      known(upstreamNames, "routes[" + i + "].upstream", route.upstream());
      Check.that(
          route.websocket() == null
              || upstreams.stream().noneMatch(u -> u.h2() && u.name().equals(route.upstream())),
          "routes[" + i + "].websocket",
          route.upstream(),
          "an upstream without h2");
      known(limitNames, "routes[" + i + "].rateLimit", route.rateLimit());
      for (String name : route.concurrency()) {
        known(concurrencyNames, "routes[" + i + "].concurrency", name);
      }
    }
  }

  private static void crossCheck(List<RegionConfig> regions, List<UpstreamConfig> upstreams) {
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < regions.size(); i++) {
      once(names, "regions[" + i + "].name", regions.get(i).name());
    }
    for (int i = 0; i < regions.size(); i++) {
      for (String next : regions.get(i).next()) {
        known(names, "regions[" + i + "].next", next);
      }
    }
    for (int i = 0; i < upstreams.size(); i++) {
      List<Endpoint> endpoints = upstreams.get(i).endpoints();
      for (int j = 0; j < endpoints.size(); j++) {
        String path = "upstreams[" + i + "].endpoints[" + j + "].region";
        known(names, path, endpoints.get(j).region());
      }
    }
  }

  private static void once(Set<String> names, String path, String name) {
    Check.that(names.add(name), path, name, "each name once");
  }

  private static void known(Set<String> names, String path, @Nullable String name) {
    Check.that(name == null || names.contains(name), path, name, "one of " + names);
  }
}
