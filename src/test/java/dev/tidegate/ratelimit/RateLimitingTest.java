package dev.tidegate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.policy.Identity;
import dev.tidegate.policy.PerRoute;
import dev.tidegate.policy.StandInExchange;
import dev.tidegate.problem.Problem;
import dev.tidegate.ratelimit.RateLimitConfig.By;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RateLimitingTest {
  private static final Identity ALICE = new Identity("alice", "a", "t", Set.of(), 0, "k");

  private final long[] now = {0};
  private final RateLimits limits =
      new RateLimits(
          List.of(
              new RateLimitConfig("two", 1, 2, By.CONSUMER),
              new RateLimitConfig("each", 1, 1, By.ROUTE)),
          () -> now[0]);
  private final RateLimiting limiting = limiting("two", "each", "each", null);

  private RateLimiting limiting(String... names) {
    List<String> ids = List.of("r0", "r1", "r2", "r3");
    return new RateLimiting(
        limits, PerRoute.of(null, Arrays.asList(names)), PerRoute.of("none", ids));
  }

  private StandInExchange on(int route) {
    return StandInExchange.get("/").on(route);
  }

  @Test
  void takesATokenAndTellsWhatIsLeft() {
    StandInExchange exchange = on(0).through(limiting);
    assertThat(exchange.passed()).isTrue();
    assertThat(exchange.responseHeaders().get("ratelimit-policy")).isEqualTo("\"two\";q=2;w=2");
    assertThat(exchange.responseHeaders().get("ratelimit")).isEqualTo("\"two\";r=1;t=1");
  }

  @Test
  void refusesWithoutATokenAndTellsWhenToComeBack() {
    on(0).through(limiting);
    on(0).through(limiting);
    StandInExchange third = on(0).through(limiting);
    assertThat(third.refusal().problem()).isEqualTo(Problem.RATE_LIMITED);
    assertThat(third.responseHeaders().get("retry-after")).isEqualTo("1");
    now[0] = 1_000_000_000L;
    assertThat(on(0).through(limiting).passed()).isTrue();
  }

  @Test
  void countsConsumersApartAndTheAnonymousByAddress() {
    for (int i = 0; i < 2; i++) {
      assertThat(on(0).from(ALICE).through(limiting).passed()).isTrue();
      assertThat(on(0).from("192.0.2.1").through(limiting).passed()).isTrue();
      assertThat(on(0).from("192.0.2.2").through(limiting).passed()).isTrue();
    }
    assertThat(on(0).from(ALICE).from("192.0.2.9").through(limiting).passed()).isFalse();
  }

  @Test
  void countsRoutesApartThatHaveALimitEach() {
    assertThat(on(1).through(limiting).passed()).isTrue();
    assertThat(on(2).from(ALICE).through(limiting).passed()).isTrue();
    assertThat(on(2).through(limiting).passed()).isFalse();
  }

  @Test
  void leavesRoutesAloneThatHaveNone() {
    assertThat(on(3).through(limiting).passed()).isTrue();
    assertThat(on(3).through(limiting).responseHeaders()).isEmpty();
  }

  @Test
  void stopsTheStartWhenARouteNamesALimitThatThereIsNot() {
    assertThatThrownBy(() -> limiting("three")).hasMessageStartingWith("rateLimit: three");
  }
}
