package dev.tidegate.ingress;

import dev.tidegate.config.Settings;
import dev.tidegate.route.RouteConfig;

/** Routes for tests, as a file would say them. */
public final class Routes {
  private Routes() {}

  /** The properties of a route, as in {@code id: a, prefix: /a, upstream: b}. */
  public static RouteConfig of(String properties) {
    return Settings.of(RouteConfig.class, "{" + properties + "}");
  }

  /** What is below the prefix goes to the upstream {@code backend}. */
  public static RouteConfig below(String prefix) {
    return of("id: all, prefix: '" + prefix + "', upstream: backend");
  }

  public static RouteConfig fixed(String id, String prefix, String body) {
    return of("id: " + id + ", prefix: " + prefix + ", fixed: {body: '" + body + "'}");
  }
}
