package dev.tidegate.ingress;

import dev.tidegate.policy.AuthDemand;
import dev.tidegate.route.RouteConfig;
import java.time.Duration;
import java.util.List;

/** Routes for tests, with everything left to its default that a test does not care for. */
public final class Routes {
  private Routes() {}

  public static RouteConfig upstream(String id, String prefix, String upstream, AuthDemand auth) {
    return new RouteConfig(
        id, null, null, prefix, List.of(), null, null, upstream, null, null, null, auth, null, null,
        null);
  }

  public static RouteConfig upstream(String id, String prefix, String upstream, Duration timeout) {
    return new RouteConfig(
        id, null, null, prefix, List.of(), null, null, upstream, null, null, null, null, null,
        timeout, null);
  }

  public static RouteConfig rewritten(
      String id, String prefix, String upstream, String strip, String rewrite) {
    return new RouteConfig(
        id, null, null, prefix, List.of(), strip, rewrite, upstream, null, null, null, null, null,
        null, null);
  }

  public static RouteConfig matching(
      String id, String host, String path, String prefix, String... methods) {
    return new RouteConfig(
        id,
        host,
        path,
        prefix,
        List.of(methods),
        null,
        null,
        "backend",
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  public static RouteConfig limited(String id, String prefix, String rateLimit) {
    return new RouteConfig(
        id, null, null, prefix, List.of(), null, null, "backend", null, null, null, null, rateLimit,
        null, null);
  }

  public static RouteConfig async(String id, String path) {
    return new RouteConfig(
        id,
        null,
        path,
        null,
        List.of("POST"),
        null,
        null,
        null,
        new RouteConfig.Async("commands", "orders", null),
        null,
        null,
        AuthDemand.EITHER,
        null,
        null,
        null);
  }

  public static RouteConfig local(String id, String prefix, RouteConfig.Local local) {
    AuthDemand auth = local == RouteConfig.Local.REQUESTS ? AuthDemand.EITHER : AuthDemand.NONE;
    return new RouteConfig(
        id,
        null,
        null,
        prefix,
        List.of("GET"),
        null,
        null,
        null,
        null,
        null,
        local,
        auth,
        null,
        null,
        null);
  }

  public static RouteConfig fixed(String id, String prefix, String body) {
    return new RouteConfig(
        id,
        null,
        null,
        prefix,
        List.of(),
        null,
        null,
        null,
        null,
        new RouteConfig.Fixed(200, null, body),
        null,
        AuthDemand.NONE,
        null,
        null,
        null);
  }
}
