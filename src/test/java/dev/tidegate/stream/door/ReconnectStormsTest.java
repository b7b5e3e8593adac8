package dev.tidegate.stream.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.stream.door.ReconnectStorms.Answer;
import dev.tidegate.stream.door.ReconnectStorms.Offender;
import dev.tidegate.stream.door.ReconnectStorms.Verdict;
import java.time.Duration;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReconnectStormsTest {
  private static final Storm STORM = new Storm(5, Duration.ofSeconds(10));

  private final ReconnectStorms loops = new ReconnectStorms(new Random(1));
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

  /** Somebody who tries, stays when let in, and otherwise comes back when told. */
  private long allIn(int clients, String who) {
    PriorityQueue<Long> comes = new PriorityQueue<>();
    for (int i = 0; i < clients; i++) {
      comes.add(now + i % 100);
    }
    long last = now;
    for (int tries = 0; !comes.isEmpty(); tries++) {
      assertThat(tries).as("attempts").isLessThan(clients * 20);
      last = now = comes.remove();
      Verdict verdict = arrive(who);
      if (verdict.answer() != Answer.WELCOME) {
        comes.add(now + verdict.retryAfter());
      }
    }
    return last;
  }

  /** How often somebody gets in who tries a hundred times a second, whatever it is told. */
  private int hammer(String who, long millis) {
    int sessions = 0;
    for (long end = now + millis; now < end; now += 10) {
      sessions += comeAndGo(who).answer() == Answer.WELCOME ? 1 : 0;
    }
    return sessions;
  }

  @Test
  void aLoopIsToldWithGrowingWaitsAndThenRefused() {
    for (int i = 0; i < ReconnectStorms.TOLD; i++) {
      Verdict verdict = loopUntilTold("user:a");
      long wait = Math.min(60_000, 1_000L << i);
      assertThat(verdict.answer()).isEqualTo(Answer.CLOSE);
      assertThat(verdict.retryAfter()).isBetween(wait, wait + wait / 2);
      now += wait;
    }
    Verdict verdict = loopUntilTold("user:a");
    assertThat(verdict.answer()).isEqualTo(Answer.REFUSE);
    assertThat(verdict.retryAfter()).isBetween(60_000L, 90_000L);
    assertThat(comeAndGo("user:b").answer())
        .as("others are not concerned")
        .isEqualTo(Answer.WELCOME);
  }

  @Test
  void attemptsWithinAWaitLeaveItAsItIs() {
    loopUntilTold("10.0.0.1");
    long until = now + 1_000;
    for (int i = 0; i < STORM.connections(); i++) {
      now += 100;
      Verdict verdict = arrive("10.0.0.1");
      assertThat(verdict.answer()).isEqualTo(Answer.CLOSE);
      assertThat(verdict.retryAfter()).isBetween(until - now, until - now + 500);
    }
    assertThat(loops.offenders(1, now)).containsExactly(new Offender("10.0.0.1", 1, until - now));
    now = until;
    assertThat(arrive("10.0.0.1").answer()).isEqualTo(Answer.WELCOME);
  }

  @Test
  void moreAttemptsThanThereAreClientsLengthenAWaitAndAreRefused() {
    loopUntilTold("user:a");
    for (int strikes = 1; strikes < 7; strikes++) {
      assertThat(loops.offenders(1, now))
          .containsExactly(new Offender("user:a", strikes, 1_000L << (strikes - 1)));
      // One client at most was there at once.
      int told = STORM.connections() + 1;
      int fair = told << (strikes - 1);
      for (int i = 1; i <= fair; i++) {
        assertThat(arrive("user:a").answer()).isEqualTo(i <= told ? Answer.CLOSE : Answer.REFUSE);
      }
      assertThat(loops.offenders(1, now)).extracting(Offender::strikes).containsExactly(strikes);
      arrive("user:a");
    }
  }

  /** Behind one address, after some of them have come and gone too often. */
  @ParameterizedTest
  @CsvSource({"5, 2000", "50, 60000", "3000, 180000"})
  void aCrowdThatWaitsAsToldIsLetInWhole(int clients, long soon) {
    loopUntilTold("10.0.0.1");
    long begun = now;
    assertThat(allIn(clients, "10.0.0.1") - begun).isLessThan(soon);
  }

  @Test
  void aCrowdIsNotBroughtBackAtOneMoment() {
    Storm storm = new Storm(10_000, Duration.ofSeconds(10));
    Map<Long, Integer> seconds = new TreeMap<>();
    for (int i = 0; i < 30_001; i++) {
      Verdict verdict = loops.arrive("10.0.0.1", storm, now);
      if (verdict.answer() == Answer.WELCOME) {
        loops.left("10.0.0.1", true, storm, now);
      } else {
        seconds.merge(verdict.retryAfter() / 1_000, 1, Integer::sum);
      }
    }
    assertThat(seconds.size()).isGreaterThan(8);
    assertThat(seconds.values()).allMatch(back -> back < 10_000);
  }

  @Test
  void whatEndsDuringAWaitIsAnsweredByIt() {
    for (int i = 0; i < 20; i++) {
      assertThat(arrive("10.0.0.1").answer()).isEqualTo(Answer.WELCOME);
    }
    long until = now + 1_000;
    assertThat(loopUntilTold("10.0.0.1").answer()).isEqualTo(Answer.CLOSE);
    for (int i = 0; i < 20; i++) {
      loops.left("10.0.0.1", true, STORM, now);
    }
    now = until;
    assertThat(arrive("10.0.0.1").answer()).isEqualTo(Answer.WELCOME);
  }

  @Test
  void whoDoesNotHeedTheWaitStaysOut() {
    loopUntilTold("10.0.0.1");
    assertThat(hammer("10.0.0.1", 600_000)).as("of 60 000 attempts").isLessThan(60);
    assertThat(loops.size()).isEqualTo(1);
  }

  @Test
  void whoHammersAtOneAddressIsNobodysBusinessAtAnother() {
    loopUntilTold("10.0.0.1");
    hammer("10.0.0.1", 10_000);
    for (int i = 0; i < 500; i++) {
      comeAndGo("10.0.0.1");
      assertThat(arrive("10.0.0.2").answer()).isEqualTo(Answer.WELCOME);
    }
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
    assertThat(loopUntilTold("user:a").log()).isTrue();
    assertThat(loops.offenders(10, now)).extracting(Offender::who).containsExactly("user:a");
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
    Storm off = new Storm(0, Duration.ofSeconds(10));
    for (int i = 0; i < 1_000; i++) {
      assertThat(loops.arrive("a", off, now).answer()).isEqualTo(Answer.WELCOME);
      loops.left("a", true, off, now);
    }
    assertThat(loops.size()).isZero();
  }
}
