package dev.tidegate.app.node;

import dev.tidegate.admin.AdminVerticle;
import dev.tidegate.admin.Readiness;
import dev.tidegate.app.config.GatewayConfig;
import dev.tidegate.app.config.Role;
import dev.tidegate.auth.AuthConfig;
import dev.tidegate.auth.ConfiguredAuthenticator;
import dev.tidegate.auth.RevocableAuthenticator;
import dev.tidegate.command.CommandBackend;
import dev.tidegate.command.CommandVerticle;
import dev.tidegate.command.SampleWorkerVerticle;
import dev.tidegate.config.Settings;
import dev.tidegate.ingress.IngressNode;
import dev.tidegate.ingress.IngressVerticle;
import dev.tidegate.loop.EventLoops;
import dev.tidegate.market.MarketNode;
import dev.tidegate.market.MarketVerticle;
import dev.tidegate.overload.ConcurrencyLimits;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.ratelimit.RateLimits;
import dev.tidegate.route.RouteConfig;
import dev.tidegate.route.RouteTable;
import dev.tidegate.rules.ConfiguredTier;
import dev.tidegate.rules.RuleMeters;
import dev.tidegate.rules.Rules;
import dev.tidegate.rules.RulesVerticle;
import dev.tidegate.stream.StreamNode;
import dev.tidegate.stream.StreamVerticle;
import dev.tidegate.telemetry.Metrics;
import dev.tidegate.upstream.UpstreamNode;
import dev.tidegate.upstream.UpstreamVerticle;
import io.vertx.core.Deployable;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the instances of a node share, and how each role is made from it. */
public final class Parts implements Deployment.Factory {
  private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

  private final GatewayConfig config;
  private final Metrics metrics;
  private final Readiness readiness;
  private final Rules rules = new Rules();
  private final Authenticator authenticator;
  private final RouteTable routes;
  private final IngressNode ingress;
  private final Map<String, String> kafka;
  private final CommandBackend commands;
  private final EventLoops loops;
  private final UpstreamNode upstream;
  private final MarketNode market;
  private final StreamNode stream;

  Parts(GatewayConfig config, Metrics metrics, Readiness readiness) {
    this.config = config;
    this.metrics = metrics;
    this.readiness = readiness;
    this.authenticator =
        new RevocableAuthenticator(
            new ConfiguredAuthenticator(config.auth(), System::currentTimeMillis),
            rules,
            new RuleMeters(metrics.registry()));
    this.routes = new RouteTable(withProblems(config.routes()));
    this.kafka = kafka(config);
    this.commands = backend(config);
    this.loops = new EventLoops(metrics.registry());
    this.ingress =
        new IngressNode(
            config.node(),
            routes,
            new RateLimits(config.rateLimits(), System::nanoTime),
            new ConcurrencyLimits(config.concurrencyLimits(), metrics.registry(), System::nanoTime),
            authenticator,
            rules,
            metrics.registry(),
            loops);
    this.upstream =
        new UpstreamNode(
            config.upstreams(), config.regions(), metrics.registry(), loops, config.node());
    this.market = new MarketNode(config.node(), metrics.registry(), InstantSource.system());
    this.stream =
        new StreamNode(
            config.node(),
            authenticator,
            rules,
            metrics.registry(),
            loops,
            config.stream().unreadBytes());
    if (!commands.isDurable()) {
      LOG.warn("commands or their state are kept in memory and are gone when this node ends");
    }
  }

  /** Kafka and Redis where the configuration names them, memory where not. */
  public static CommandBackend backend(GatewayConfig config) {
    Map<String, String> kafka = kafka(config);
    return CommandBackend.of(config.commands(), kafka.isEmpty() ? null : kafka, redis(config));
  }

  /** What keeps the rules that operators change; it starts before every role. */
  Deployable rules() {
    return new RulesVerticle(rules, tiers(config), metrics.registry(), config.node());
  }

  /**
   * Those that the file describes, those that its consumers are of, and the two that are ever
   * there.
   */
  static Map<String, ConfiguredTier> tiers(GatewayConfig config) {
    return config.stream()
        .configuredTiers(
            config.auth().consumers().stream().map(AuthConfig.Consumer::tier).toList());
  }

  /** The back end that {@code dev} has beside the gateway. */
  Deployable sampleWorker() {
    return new SampleWorkerVerticle(commands, loops);
  }

  /** Every problem document names a page as its type, so the gateway always serves them. */
  private static List<RouteConfig> withProblems(List<RouteConfig> routes) {
    if (routes.stream().anyMatch(route -> route.local() == RouteConfig.Local.PROBLEMS)) {
      return routes;
    }
    List<RouteConfig> all = new ArrayList<>(routes);
    all.add(
        Settings.of(
            RouteConfig.class,
            "{id: problems, prefix: /problems, methods: [GET, HEAD], local: problems}"));
    return List.copyOf(all);
  }

  private static Map<String, String> kafka(GatewayConfig config) {
    GatewayConfig.Kafka kafka = config.kafka();
    if (kafka == null) {
      return Map.of();
    }
    Map<String, String> properties = new HashMap<>(kafka.properties());
    properties.put("bootstrap.servers", kafka.bootstrapServers());
    return Map.copyOf(properties);
  }

  private static @Nullable String redis(GatewayConfig config) {
    return config.redis() == null ? null : config.redis().uri();
  }

  @Override
  public String describe(Role role) {
    return switch (role) {
      case INGRESS -> role + " on " + config.http().host() + ":" + config.http().port();
      case STREAM -> role + " on " + config.stream().host() + ":" + config.stream().port();
      case ADMIN -> role + " on " + config.admin().host() + ":" + config.admin().port();
      case UPSTREAM, COMMAND, MARKET -> role.name();
    };
  }

  /** As operators know the event loop of an instance. */
  private static String loop(Role role, int instance) {
    return role.name().toLowerCase(Locale.ROOT) + "-" + instance;
  }

  @Override
  public Deployable create(Role role, int instance) {
    String node = config.node();
    return switch (role) {
      case INGRESS -> new IngressVerticle(config.http(), ingress);
      case UPSTREAM -> new UpstreamVerticle(upstream);
      case COMMAND ->
          new CommandVerticle(commands, metrics.registry(), node, loops, loop(role, instance));
      case MARKET ->
          new MarketVerticle(config.market(), kafka, market, loops, loop(role, instance));
      case STREAM -> new StreamVerticle(config.stream(), stream, instance);
      case ADMIN ->
          new AdminVerticle(
              config.admin(), metrics.registry(), node, readiness, loops, loop(role, instance));
    };
  }
}
