package dev.tidegate.app.config;

import dev.tidegate.auth.AuthConfig;
import dev.tidegate.config.Mistakes;
import dev.tidegate.market.MarketConfig;
import dev.tidegate.route.RouteConfig;
import dev.tidegate.upstream.RegionConfig;
import dev.tidegate.upstream.UpstreamConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of a configuration say of one another: each may be right, and both together wrong.
 */
final class CrossChecks {
  private final GatewayConfig config;
  private final Mistakes to;

  private CrossChecks(GatewayConfig config, Mistakes to) {
    this.config = config;
    this.to = to;
  }

  static void of(GatewayConfig config, Mistakes to) {
    CrossChecks checks = new CrossChecks(config, to);
    checks.routes();
    checks.ports();
    checks.tiers();
    checks.regions();
    to.unless(
        config.market().feed() != MarketConfig.Source.KAFKA || config.kafka() != null,
        "market.feed",
        "kafka",
        "kafka.bootstrapServers beside it, or TIDEGATE_KAFKA");
  }

  private void routes() {
    Set<String> upstreams = names("upstreams", config.upstreams(), UpstreamConfig::name);
    Set<String> limits = names("rateLimits", config.rateLimits(), each -> each.name());
    Set<String> concurrency =
        names("concurrencyLimits", config.concurrencyLimits(), each -> each.name());
    List<RouteConfig> routes = config.routes();
    Map<String, Integer> ids = new HashMap<>();
    for (int i = 0; i < routes.size(); i++) {
      RouteConfig route = routes.get(i);
      Mistakes here = to.at("routes[" + i + "]");
      here.unless(ids.putIfAbsent(route.id(), i) == null, "id", route.id(), "each id once");
      known(upstreams, here, "upstream", route.upstream());
      known(limits, here, "rateLimit", route.rateLimit());
      for (String name : route.concurrency()) {
        known(concurrency, here, "concurrency", name);
      }
      here.unless(
          route.websocket() == null || !speaksH2(route.upstream()),
          "websocket",
          route.upstream(),
          "an upstream without h2");
    }
    matches(routes);
  }

  private boolean speaksH2(@Nullable String upstream) {
    return config.upstreams().stream().anyMatch(u -> u.h2() && u.name().equals(upstream));
  }

  /** Of two routes that take the same request, one would never be asked. */
  private void matches(List<RouteConfig> routes) {
    Map<String, List<Integer>> alike = new HashMap<>();
    for (int i = 0; i < routes.size(); i++) {
      RouteConfig route = routes.get(i);
      List<Integer> before =
          alike.computeIfAbsent(route.host() + " " + route.shape(), none -> new ArrayList<>(1));
      for (int other : before) {
        Set<String> common = common(route.methods(), routes.get(other).methods());
        to.unless(
            common.isEmpty(),
            "routes[" + i + "]." + (route.path() == null ? "prefix" : "path"),
            Objects.requireNonNullElse(route.path(), route.prefix()),
            "another match than routes["
                + other
                + "] has, which takes "
                + String.join(", ", common)
                + " there too");
      }
      before.add(i);
    }
  }

  /** The methods that both take; a route that takes all of them comes after one that names its. */
  private static Set<String> common(List<String> one, List<String> other) {
    if (one.isEmpty() && other.isEmpty()) {
      return Set.of("every method");
    }
    Set<String> both = new TreeSet<>(one);
    both.retainAll(other);
    return both;
  }

  private record Listener(String path, String host, int port) {
    boolean meets(Listener other) {
      return port != 0 && port == other.port && (any() || other.any() || host.equals(other.host));
    }

    private boolean any() {
      return host.equals("0.0.0.0") || host.equals("::");
    }
  }

  private void ports() {
    List<Listener> all = new ArrayList<>();
    String http = config.http().host();
    all.add(new Listener("http.port", http, config.http().port()));
    if (config.http().tls() != null) {
      all.add(new Listener("http.tls.port", http, config.http().tls().port()));
    }
    String stream = config.stream().host();
    all.add(new Listener("stream.port", stream, config.stream().port()));
    if (config.stream().tls() != null) {
      all.add(new Listener("stream.tls.port", stream, config.stream().tls().port()));
    }
    all.add(new Listener("admin.port", config.admin().host(), config.admin().port()));
    MarketConfig.Socket socket = config.market().socket();
    if (config.market().feed() == MarketConfig.Source.SOCKET) {
      all.add(new Listener("market.socket.port", socket.host(), socket.port()));
    }
    for (int i = 0; i < all.size(); i++) {
      for (Listener before : all.subList(0, i)) {
        Listener one = all.get(i);
        to.unless(!one.meets(before), one.path(), one.port(), "another port than " + before.path());
      }
    }
  }

  private void tiers() {
    Set<String> listed = config.stream().tiers().keySet();
    if (listed.isEmpty() || listed.contains("default")) {
      return;
    }
    List<AuthConfig.Consumer> consumers = config.auth().consumers();
    for (int i = 0; i < consumers.size(); i++) {
      String tier = consumers.get(i).tier();
      to.unless(
          listed.contains(tier) || tier.equals(AuthConfig.Consumer.USUAL_TIER),
          "auth.consumers[" + i + "].tier",
          tier,
          "one of " + new TreeSet<>(listed) + ", or default in stream.tiers");
    }
  }

  private void regions() {
    Set<String> names = names("regions", config.regions(), RegionConfig::name);
    for (int i = 0; i < config.regions().size(); i++) {
      for (String next : config.regions().get(i).next()) {
        known(names, to.at("regions[" + i + "]"), "next", next);
      }
    }
    for (int i = 0; i < config.upstreams().size(); i++) {
      List<UpstreamConfig.Endpoint> endpoints = config.upstreams().get(i).endpoints();
      for (int j = 0; j < endpoints.size(); j++) {
        Mistakes here = to.at("upstreams[" + i + "].endpoints[" + j + "]");
        known(names, here, "region", endpoints.get(j).region());
      }
    }
  }

  private <T> Set<String> names(String list, List<T> elements, Function<T, String> name) {
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < elements.size(); i++) {
      String each = name.apply(elements.get(i));
      to.unless(names.add(each), list + "[" + i + "].name", each, "each name once");
    }
    return names;
  }

  private static void known(Set<String> names, Mistakes to, String path, @Nullable String name) {
    to.unless(name == null || names.contains(name), path, name, "one of " + names);
  }
}
