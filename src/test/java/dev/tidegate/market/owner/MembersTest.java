package dev.tidegate.market.owner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Markets.Present;
import dev.tidegate.loop.CoarseClock;
import dev.tidegate.loop.SteppedLoop;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MembersTest {
  private final SteppedLoop loop = new SteppedLoop();
  private final Set<String> cluster = new HashSet<>(Set.of("m1", "m2"));
  private final Members members =
      new Members(new Membership("n1", "m1", () -> cluster), 2_000, new CoarseClock(loop)::tick);

  @BeforeEach
  void start() {
    loop.every(Duration.ofMillis(100), members::alive);
    members.hear(new Present("n2", "m2", false));
  }

  @Test
  void whoIsSilentIsGone() {
    loop.advance(1_900);
    assertThat(members.alive()).containsExactlyInAnyOrder("n1", "n2");
    loop.advance(200);
    assertThat(members.alive()).containsExactly("n1");
  }

  @Test
  void whoLeavesTheClusterIsGoneAtOnce() {
    cluster.remove("m2");
    assertThat(members.alive()).containsExactly("n1");
  }

  @Test
  void ourOwnStandstillIsNobodysSilence() {
    loop.advance(500);
    loop.stand(35_000);
    assertThat(members.alive()).containsExactlyInAnyOrder("n1", "n2");
    loop.advance(2_000);
    assertThat(members.alive()).containsExactly("n1");
  }
}
