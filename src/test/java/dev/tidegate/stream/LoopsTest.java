package dev.tidegate.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.stream.Loops.Answer;
import dev.tidegate.stream.Loops.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoopsTest {
  private static final StreamConfig.Storm STORM = new StreamConfig.Storm(5, Duration.ofSeconds(10));

  private final Loops loops = new Loops();
  private long now = 1_000_000;

  private Verdict arrive(String who) {
    return loops.arrive(who, STORM, now);
  }

  /** One short session, if it is let in. */
  private Verdict comeAndGo(String who) {
    Verdict verdict = arrive(who);
    if (verdict.answer() == Answer.WELCOME) {
      loops.left(who, true, STORM, now);
    }
    return verdict;
  }

  private Verdict loopUntilTold(String who) {
    for (int i = 0; i < 100; i++) {
      Verdict verdict = comeAndGo(who);
      if (verdict.answer() != Answer.WELCOME) {
        return verdict;
      }
    }
    throw new AssertionError("never told");
  }

  @Test
  void aLoopIsToldWithGrowingWaitsAndThenRefused() {
    List<Long> waits = new ArrayList<>();
    Verdict verdict = loopUntilTold("user:a");
    while (verdict.answer() == Answer.CLOSE) {
      waits.add(verdict.retryAfter());
      now += 10;
      verdict = comeAndGo("user:a");
    }
    assertThat(waits).hasSize(Loops.TOLD);
    for (int i = 0; i < waits.size(); i++) {
      long wait = Math.min(60_000, 1_000L << i);
      assertThat(waits.get(i)).isBetween(wait, wait + wait / 2);
    }
    assertThat(verdict.answer()).isEqualTo(Answer.REFUSE);
    assertThat(verdict.retryAfter()).isBetween(60_000L, 90_000L);
    assertThat(comeAndGo("user:b").answer())
        .as("others are not concerned")
        .isEqualTo(Answer.WELCOME);
  }

  @Test
  void whoWaitsAsToldIsLetInAndWhoGoesOnIsToldAgain() {
    now += loopUntilTold("user:a").retryAfter();
    assertThat(arrive("user:a").answer()).isEqualTo(Answer.WELCOME);
    loops.left("user:a", true, STORM, now);
    Verdict again = loopUntilTold("user:a");
    assertThat(again.retryAfter()).as("the second time").isBetween(2_000L, 3_000L);
  }

  @Test
  void aMinuteOfCalmIsForgiven() {
    now += loopUntilTold("user:a").retryAfter() + 61_000;
    assertThat(loopUntilTold("user:a").retryAfter()).isBetween(1_000L, 1_500L);
  }

  @Test
  void aStormAfterANodesDeathIsNoLoop() {
    for (int i = 0; i < 3_000; i++) {
      assertThat(arrive("10.0.0.1").answer()).isEqualTo(Answer.WELCOME);
    }
    // The balancer that they all come through loses them once more.
    for (int i = 0; i < 3_000; i++) {
      loops.left("10.0.0.1", true, STORM, now);
    }
    now += 500;
    for (int i = 0; i < 3_000; i++) {
      assertThat(arrive("10.0.0.1").answer()).isEqualTo(Answer.WELCOME);
    }
  }

  @Test
  void sessionsThatLastAreNoLoop() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(arrive("user:a").answer()).isEqualTo(Answer.WELCOME);
      loops.left("user:a", false, STORM, now);
    }
  }

  @Test
  void slowRepetitionIsNoLoop() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(comeAndGo("user:a").answer()).isEqualTo(Answer.WELCOME);
      now += 2_001;
    }
  }

  @Test
  void isLoggedOnceAMinuteAndShown() {
    assertThat(loopUntilTold("user:a").log()).isTrue();
    for (int i = 0; i < 59; i++) {
      assertThat(comeAndGo("user:a").log()).isFalse();
      now += 1_000;
    }
    now += 1_000;
    assertThat(comeAndGo("user:a").log()).isTrue();
    assertThat(loops.offenders(10, now)).extracting(Loops.Offender::who).containsExactly("user:a");
    assertThat(loops.offenders(0, now)).isEmpty();
  }

  @Test
  void forgetsWhoIsGone() {
    loopUntilTold("user:a");
    comeAndGo("user:b");
    arrive("user:c");
    now += 200_000;
    loops.sweep(STORM, now);
    assertThat(loops.size()).as("only who is here").isEqualTo(1);
  }

  @Test
  void canBeTurnedOff() {
    StreamConfig.Storm off = new StreamConfig.Storm(0, null);
    for (int i = 0; i < 1_000; i++) {
      assertThat(loops.arrive("a", off, now).answer()).isEqualTo(Answer.WELCOME);
      loops.left("a", true, off, now);
    }
    assertThat(loops.size()).isZero();
  }
}
