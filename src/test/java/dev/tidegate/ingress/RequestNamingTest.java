package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.net.RequestIds;
import dev.tidegate.policy.StandInExchange;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RequestNamingTest {
  private final RequestNaming naming = new RequestNaming(new RequestIds(new Random(1)));

  @Test
  void keepsTheCallersIdWhenItIsSane() {
    StandInExchange exchange =
        StandInExchange.get("/").with("X-Request-Id", "ab:cd").through(naming);
    assertThat(exchange.requestId()).isEqualTo("ab:cd");
  }

  @Test
  void givesAnotherIdToEachOfTheRest() {
    StandInExchange one = StandInExchange.get("/").with("X-Request-Id", "a b").through(naming);
    StandInExchange other = StandInExchange.get("/").through(naming);
    assertThat(one.requestId()).isNotEqualTo("a b").isNotEmpty();
    assertThat(other.requestId()).isNotEmpty().isNotEqualTo(one.requestId());
  }

  @Test
  void saysItInTheAnswer() {
    StandInExchange exchange = StandInExchange.get("/").with("X-Request-Id", "x-1").through(naming);
    naming.onHead(exchange);
    assertThat(exchange.responseHeaders().get("x-request-id")).isEqualTo("x-1");
  }
}
