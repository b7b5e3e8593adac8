package dev.tidegate.app;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.tidegate.admin.AdminConfig;
import dev.tidegate.auth.AuthConfig;
import dev.tidegate.command.CommandConfig;
import dev.tidegate.ingress.IngressConfig;
import dev.tidegate.market.MarketConfig;
import dev.tidegate.ratelimit.RateLimitConfig;
import dev.tidegate.route.RouteConfig;
import dev.tidegate.stream.StreamConfig;
import dev.tidegate.upstream.UpstreamConfig;
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
 * @param drain how long clients are given to leave a node that stops
 */
record GatewayConfig(
    String node,
    Integer eventLoops,
    IngressConfig http,
    StreamConfig stream,
    AdminConfig admin,
    @Nullable Kafka kafka,
    @Nullable Redis redis,
    AuthConfig auth,
    List<RouteConfig> routes,
    List<RateLimitConfig> rateLimits,
    List<UpstreamConfig> upstreams,
    CommandConfig commands,
    MarketConfig market,
    Duration drain) {

  private static final int MOST_LOOPS = 256;

  /** How to reach the brokers; {@code properties} go to every Kafka client as they are. */
  record Kafka(String bootstrapServers, @Nullable Map<String, String> properties) {
    Kafka {
      if (bootstrapServers == null || bootstrapServers.isBlank()) {
        throw new IllegalArgumentException(
            "bootstrapServers: missing (expected host:port[,host:port...])");
      }
      properties = properties == null ? Map.of() : Map.copyOf(properties);
    }

    @Override
    public String toString() {
      return "Kafka[" + bootstrapServers + "]";
    }
  }

  /** How to reach Redis, as in {@code redis://host:6379}; a password in it is never shown. */
  record Redis(String uri) {
    Redis {
      if (uri == null || !uri.matches("rediss?://.+")) {
        throw new IllegalArgumentException("uri: ... (expected redis://host:port)");
      }
    }

    @Override
    public String toString() {
      return "Redis[" + uri.replaceAll("//[^@/]*@", "//***@") + "]";
    }
  }

  @JsonCreator
  GatewayConfig(
      @Nullable String node,
      @Nullable Integer eventLoops,
      @Nullable IngressConfig http,
      @Nullable StreamConfig stream,
      @Nullable AdminConfig admin,
      @Nullable Kafka kafka,
      @Nullable Redis redis,
      @Nullable AuthConfig auth,
      @Nullable List<RouteConfig> routes,
      @Nullable List<RateLimitConfig> rateLimits,
      @Nullable List<UpstreamConfig> upstreams,
      @Nullable CommandConfig commands,
      @Nullable MarketConfig market,
      @Nullable Duration drain) {
    this.node = node == null ? ManagementFactory.getRuntimeMXBean().getName() : node;
    this.eventLoops = eventLoops == null ? Runtime.getRuntime().availableProcessors() : eventLoops;
    this.http = http == null ? IngressConfig.of("0.0.0.0", 8080) : http;
    this.stream = stream == null ? StreamConfig.onPort("0.0.0.0", 8090) : stream;
    this.admin = admin == null ? new AdminConfig(null, null, null) : admin;
    this.kafka = kafka;
    this.redis = redis;
    this.auth = auth == null ? new AuthConfig(List.of(), null) : auth;
    this.routes = routes == null ? List.of() : List.copyOf(routes);
    this.rateLimits = rateLimits == null ? List.of() : List.copyOf(rateLimits);
    this.upstreams = upstreams == null ? List.of() : List.copyOf(upstreams);
    this.commands = commands == null ? CommandConfig.defaults() : commands;
    this.market = market == null ? MarketConfig.DEFAULT : market;
    this.drain = drain == null ? Duration.ofSeconds(30) : drain;
    if (this.eventLoops < 1 || this.eventLoops > MOST_LOOPS) {
      throw new IllegalArgumentException(
          "eventLoops: " + this.eventLoops + " (expected 1.." + MOST_LOOPS + ")");
    }
    crossCheck(this.routes, this.rateLimits, this.upstreams);
  }

  /** What parts say of one another: every name exists, and exists once. */
  private static void crossCheck(
      List<RouteConfig> routes, List<RateLimitConfig> limits, List<UpstreamConfig> upstreams) {
    Set<String> upstreamNames = new TreeSet<>();
    for (int i = 0; i < upstreams.size(); i++) {
      once(upstreamNames, "upstreams[" + i + "].name", upstreams.get(i).name());
    }
    Set<String> limitNames = new TreeSet<>();
    for (int i = 0; i < limits.size(); i++) {
      once(limitNames, "rateLimits[" + i + "].name", limits.get(i).name());
    }
    Set<String> ids = new TreeSet<>();
    for (int i = 0; i < routes.size(); i++) {
      RouteConfig route = routes.get(i);
      once(ids, "routes[" + i + "].id", route.id());
      known(upstreamNames, "routes[" + i + "].upstream", route.upstream());
      known(limitNames, "routes[" + i + "].rateLimit", route.rateLimit());
    }
  }

  private static void once(Set<String> names, String path, String name) {
    if (!names.add(name)) {
      throw new IllegalArgumentException(path + ": " + name + " (expected each name once)");
    }
  }

  private static void known(Set<String> names, String path, @Nullable String name) {
    if (name != null && !names.contains(name)) {
      throw new IllegalArgumentException(path + ": " + name + " (expected one of " + names + ")");
    }
  }
}
