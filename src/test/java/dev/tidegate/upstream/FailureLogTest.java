package dev.tidegate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Upstreams.Failed;
import dev.tidegate.bus.Upstreams.Forward;
import dev.tidegate.bus.Upstreams.Header;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailureLogTest {
  private static final Failed BROKEN =
      new Failed(Problem.UPSTREAM_BROKEN, Outcome.UNKNOWN, "the upstream broke off");
  private static final Failed LATE =
      new Failed(Problem.UPSTREAM_TIMEOUT, Outcome.UNKNOWN, "the upstream did not answer in time");

  private final List<String> lines = new ArrayList<>();
  private long now = 0;
  private final FailureLog log = new FailureLog(() -> now, lines::add);

  private void fails(String upstream, String id, Failed failure) {
    log.failed(
        new WholeCall(
            new Forward(
                upstream, "GET", "/", List.of(new Header("X-Request-Id", id)), new byte[0], 1_000)),
        "10.0.0.5:8080",
        failure);
  }

  @Test
  void saysWhereAndForWhom() {
    fails("accounts", "abc", BROKEN);
    assertThat(lines)
        .containsExactly(
            "the upstream broke off upstream=accounts endpoint=10.0.0.5:8080 route=elsewhere"
                + " request=abc problem=upstream-broken outcome=UNKNOWN untold=0");
  }

  @Test
  void tellsOneOfAKindAMinute() {
    for (int second = 0; second < 180; second++) {
      now = second * 1_000_000_000L;
      for (int i = 0; i < 10; i++) {
        fails("accounts", "a", BROKEN);
        fails("accounts", "a", LATE);
        fails("orders", "a", BROKEN);
      }
    }
    assertThat(lines).hasSize(9);
    assertThat(lines).filteredOn(line -> line.endsWith("untold=0")).hasSize(3);
    assertThat(lines).filteredOn(line -> line.endsWith("untold=599")).hasSize(6);
  }
}
