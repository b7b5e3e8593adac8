package dev.tidegate.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.ingress.Routes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteTableTest {
  private static RouteConfig exact(String id, String path, String... methods) {
    return Routes.of(
        "id: " + id + ", path: '" + path + "', methods: " + List.of(methods) + ", upstream: u");
  }

  private static RouteConfig prefix(String id, String prefix, String... methods) {
    return Routes.of(
        "id: " + id + ", prefix: " + prefix + ", methods: " + List.of(methods) + ", upstream: u");
  }

  private static String find(RouteTable table, String host, String path, String method) {
    Route route = table.find(host, path, method);
    return route == null ? null : route.config().id();
  }

  @Test
  void prefersTheMoreSpecificPathWhateverTheOrder() {
    List<RouteConfig> configs =
        List.of(
            prefix("root", "/"),
            prefix("v1", "/v1"),
            exact("template", "/v1/orders/{id}"),
            exact("exact", "/v1/orders/new"),
            prefix("orders", "/v1/orders"));
    for (List<RouteConfig> order : List.of(configs, configs.reversed())) {
      RouteTable table = new RouteTable(order);
      assertThat(find(table, "h", "/v1/orders/new", "GET")).isEqualTo("exact");
      assertThat(find(table, "h", "/v1/orders/7", "GET")).isEqualTo("template");
      assertThat(find(table, "h", "/v1/orders/7/fills", "GET")).isEqualTo("orders");
      assertThat(find(table, "h", "/v1/orders", "GET")).isEqualTo("orders");
      assertThat(find(table, "h", "/v1/ordersX", "GET")).isEqualTo("v1");
      assertThat(find(table, "h", "/v1", "GET")).isEqualTo("v1");
      assertThat(find(table, "h", "/v10", "GET")).isEqualTo("root");
      assertThat(find(table, "h", "/", "GET")).isEqualTo("root");
    }
  }

  @Test
  void prefersTheMoreSpecificHost() {
    RouteTable table =
        new RouteTable(
            List.of(
                prefix("any", "/"),
                Routes.of("id: wild, host: '*.example.com', prefix: /, upstream: u"),
                Routes.of("id: deep, host: '*.eu.example.com', prefix: /, upstream: u"),
                Routes.of("id: exact, host: 'api.example.com', prefix: /api, upstream: u")));
    assertThat(find(table, "api.example.com:8080", "/api/x", "GET")).isEqualTo("exact");
    assertThat(find(table, "API.Example.com.", "/api/x", "GET")).isEqualTo("exact");
    assertThat(find(table, "api.example.com", "/other", "GET")).isEqualTo("wild");
    assertThat(find(table, "a.eu.example.com", "/", "GET")).isEqualTo("deep");
    assertThat(find(table, "example.com", "/", "GET")).isEqualTo("any");
    assertThat(find(table, "[::1]:80", "/", "GET")).isEqualTo("any");
    assertThat(find(table, null, "/", "GET")).isEqualTo("any");
  }

  @Test
  void choosesByMethodAndTellsWhatAPathTakes() {
    RouteTable table =
        new RouteTable(
            List.of(
                exact("read", "/v1/orders", "GET"),
                exact("write", "/v1/orders", "POST"),
                exact("one", "/v1/orders/{id}", "DELETE")));
    assertThat(find(table, "h", "/v1/orders", "GET")).isEqualTo("read");
    assertThat(find(table, "h", "/v1/orders", "HEAD")).isEqualTo("read");
    assertThat(find(table, "h", "/v1/orders", "POST")).isEqualTo("write");
    assertThat(find(table, "h", "/v1/orders", "PUT")).isNull();
    assertThat(table.methods("h", "/v1/orders")).containsExactly("GET", "HEAD", "POST");
    assertThat(table.methods("h", "/v1/orders/7")).containsExactly("DELETE");
    assertThat(table.methods("h", "/elsewhere")).isEmpty();
  }

  @Test
  void fallsThroughToALessSpecificRouteThatTakesTheMethod() {
    RouteTable table =
        new RouteTable(List.of(exact("exact", "/a/b", "POST"), prefix("prefix", "/a", "GET")));
    assertThat(find(table, "h", "/a/b", "GET")).isEqualTo("prefix");
    assertThat(find(table, "h", "/a/b", "POST")).isEqualTo("exact");
  }

  @Test
  void refusesTwoRoutesForTheSameRequests() {
    assertThatThrownBy(
            () -> new RouteTable(List.of(exact("a", "/x", "GET"), exact("b", "/x", "GET"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("route: b");
    assertThatThrownBy(() -> new RouteTable(List.of(prefix("a", "/x"), prefix("a", "/y"))))
        .hasMessageContaining("each id once");
  }

  @Test
  void backsOutOfALiteralThatLeadsNowhere() {
    RouteTable table =
        new RouteTable(
            List.of(exact("x", "/a/b/c"), exact("y", "/{p}/b/d"), exact("z", "/a/{q}/e")));
    assertThat(find(table, "h", "/a/b/d", "GET")).isEqualTo("y");
    assertThat(find(table, "h", "/a/b/e", "GET")).isEqualTo("z");
    assertThat(find(table, "h", "/a/b/f", "GET")).isNull();
  }

  @Test
  void findsAnyOfTenThousandRoutes() {
    List<RouteConfig> configs = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      configs.add(i % 2 == 0 ? exact("r" + i, "/s" + i + "/{id}/x") : prefix("r" + i, "/p" + i));
    }
    RouteTable table = new RouteTable(configs);
    for (int i = 0; i < 10_000; i += 997) {
      String path = i % 2 == 0 ? "/s" + i + "/7/x" : "/p" + i + "/deep/er";
      assertThat(find(table, "h", path, "GET")).isEqualTo("r" + i);
    }
    assertThat(find(table, "h", "/s1/7/x", "GET")).isNull();
  }

  @Test
  void rewritesTargets() {
    Route strip =
        new RouteTable(
                List.of(Routes.of("id: a, prefix: /api, upstream: u, strip: /api/, rewrite: /in/")))
            .routes()
            .get(0);
    assertThat(strip.target("/api/x?q=1", "/api/x")).isEqualTo("/in/x?q=1");
    assertThat(strip.target("/api", "/api")).isEqualTo("/in");
    assertThat(strip.target("/apix", "/apix")).isEqualTo("/in/apix");
    Route only =
        new RouteTable(List.of(Routes.of("id: a, prefix: /api, upstream: u, strip: /api")))
            .routes()
            .get(0);
    assertThat(only.target("/api?x", "/api")).isEqualTo("/?x");
    assertThat(only.target("/api/%41", "/api/A")).isEqualTo("/A");
    Route plain = new RouteTable(List.of(prefix("a", "/"))).routes().get(0);
    assertThat(plain.target("/a/b?c", "/a/b")).isEqualTo("/a/b?c");
    assertThat(plain.target("/a/../b?c", "/b")).isEqualTo("/b?c");
  }

  @Test
  void saysWhatIsWrongWithARoute() {
    assertRefused("id: a, path: /x, prefix: /y, upstream: u", "path: /x (expected");
    assertRefused("id: a, path: x, upstream: u", "path: x (expected");
    assertRefused("id: a, host: a b, prefix: /, upstream: u", "host: a b (expected");
    assertRefused("id: a, prefix: /, methods: [G T], upstream: u", "methods: G T (expected");
    assertRefused("id: a, prefix: /", "target: 0 (expected");
    assertRefused("id: a, path: /x, async: {channel: trades}, auth: jwt", "trades");
  }

  private static void assertRefused(String properties, String why) {
    assertThatThrownBy(() -> Routes.of(properties)).hasMessageContaining(why);
  }
}
