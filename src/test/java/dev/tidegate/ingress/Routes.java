package dev.tidegate.ingress;

import dev.tidegate.policy.AuthDemand;
import dev.tidegate.route.RouteConfig;
import java.util.List;

/** Routes for tests, with everything left to its default that a test does not care for. */
public final class Routes {
  private Routes() {}

  public static RouteConfig upstream(String id, String prefix, String upstream, AuthDemand auth) {
    return new RouteConfig(
        id, null, null, prefix, List.of(), null, null, upstream, null, null, null, auth, null, null,
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
