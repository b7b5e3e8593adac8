package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.policy.StandInExchange;
import dev.tidegate.problem.Problem;
import dev.tidegate.route.RouteTable;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoutingTest {
  private final Routing routing =
      new Routing(
          new RouteTable(
              List.of(
                  Routes.of("id: a, prefix: /a, methods: [GET], upstream: u"),
                  Routes.of("id: b, prefix: /b, upstream: u, maxBody: 10"))),
          100);

  private StandInExchange routed(StandInExchange exchange) {
    return exchange.through(routing);
  }

  private static void assertRefused(StandInExchange exchange, Problem why) {
    assertThat(exchange.passed()).isFalse();
    assertThat(exchange.refusal().problem()).isEqualTo(why);
  }

  @Test
  void findsTheRouteByItsNormalPath() {
    StandInExchange exchange = routed(StandInExchange.get("/x/../b/c?q=1"));
    assertThat(exchange.passed()).isTrue();
    assertThat(exchange.route()).isEqualTo(1);
    assertThat(exchange.path()).isEqualTo("/b/c");
  }

  @Test
  void refusesWhatNoRouteTakes() {
    assertRefused(routed(StandInExchange.get("/c")), Problem.NOT_FOUND);
    StandInExchange wrongMethod = routed(StandInExchange.get("/a").by("POST"));
    assertRefused(wrongMethod, Problem.METHOD_NOT_ALLOWED);
    assertThat(wrongMethod.responseHeaders().get("allow")).isEqualTo("GET, HEAD");
  }

  @Test
  void refusesWhatCannotBeBelievedAndReadsNoFurther() {
    StandInExchange flawed = routed(StandInExchange.get("/a").flawed("two lengths"));
    assertRefused(flawed, Problem.BAD_REQUEST);
    assertThat(flawed.refusal().detail()).isEqualTo("two lengths");
    assertThat(flawed.last()).isTrue();
    assertRefused(routed(StandInExchange.get("/a/%zz")), Problem.BAD_REQUEST);
  }

  @Test
  void holdsBodiesToTheRoutesLimit() {
    assertThat(routed(StandInExchange.get("/a").bringing(100)).passed()).isTrue();
    assertRefused(routed(StandInExchange.get("/a").bringing(101)), Problem.BODY_TOO_LARGE);
    StandInExchange ofUnknownLength = routed(StandInExchange.get("/b"));
    assertThat(ofUnknownLength.bodyLimit()).isEqualTo(10);
    assertRefused(routed(StandInExchange.get("/b").bringing(11)), Problem.BODY_TOO_LARGE);
  }

  @Test
  void meetsOneExpectationOnly() {
    assertThat(routed(StandInExchange.get("/a").with("expect", "100-Continue")).passed()).isTrue();
    assertRefused(
        routed(StandInExchange.get("/a").with("expect", "tea")), Problem.EXPECTATION_FAILED);
  }
}
