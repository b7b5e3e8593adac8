package dev.tidegate.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StandstillTest {
  private static final long SECOND = 1_000_000_000L;

  private final SteppedLoop loop = new SteppedLoop();

  @Test
  void aLoopThatTurnsIsAwakeSinceItBegan() {
    Standstill standstill = new Standstill(0);
    for (long now = 0; now < 100 * SECOND; now += SECOND) {
      assertThat(standstill.awakeSince(now)).isZero();
    }
  }

  @Test
  void aPauseBetweenTwoLooksIsAStandstill() {
    Standstill standstill = new Standstill(0);
    assertThat(standstill.awakeSince(SECOND)).isZero();
    assertThat(standstill.awakeSince(36 * SECOND)).isEqualTo(36 * SECOND);
    assertThat(standstill.awakeSince(37 * SECOND)).isEqualTo(36 * SECOND);
  }

  @Test
  void silenceCountsFromTheStandstillsEnd() {
    long heardAt = loop.nanos();
    loop.advance(3_000);
    assertThat(loop.silence(heardAt)).isEqualTo(3 * SECOND);
    loop.stand(35_000);
    assertThat(loop.silence(heardAt)).isZero();
    loop.advance(2_000);
    assertThat(loop.silence(heardAt)).isEqualTo(2 * SECOND);
    assertThat(loop.silence(loop.nanos())).isZero();
  }

  @Test
  void theCoarseClockCountsALateTickAsASecond() {
    CoarseClock clock = new CoarseClock(loop);
    long began = clock.now();
    loop.advance(250);
    assertThat(clock.now()).as("before the tick").isEqualTo(began);
    assertThat(clock.tick()).isEqualTo(began + 250);
    loop.stand(35_000);
    assertThat(clock.tick()).isEqualTo(began + 1_250);
    loop.advance(100);
    assertThat(clock.tick()).isEqualTo(began + 1_350);
  }
}
