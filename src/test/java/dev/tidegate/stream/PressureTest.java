package dev.tidegate.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PressureTest {
  private static final double BUSY = 0.95;
  private static final double MIDDLING = 0.7;
  private static final double CALM = 0.2;

  private final Pressure pressure = new Pressure(true);

  @Test
  void aBusyLoopWidensTheWindowsStepByStep() {
    assertThat(window(0, 0)).isZero();
    measure(BUSY, 1);
    assertThat(window(0, 0)).isEqualTo(10);
    measure(BUSY, 3);
    assertThat(window(0, 0)).isEqualTo(100);
    measure(BUSY, 100);
    assertThat(window(0, 0)).isEqualTo(1000);
  }

  @Test
  void aLoopThatStaysLateWidensThemToo() {
    pressure.measure(CALM, 60_000_000);
    pressure.measure(CALM, 60_000_000);
    assertThat(window(0, 0)).isZero();
    pressure.measure(CALM, 60_000_000);
    assertThat(window(0, 0)).isEqualTo(10);
  }

  @Test
  void aPauseNowAndThenDoesNot() {
    for (int i = 0; i < 20; i++) {
      pressure.measure(CALM, i % 3 == 0 ? 0 : 60_000_000);
    }
    assertThat(window(0, 0)).isZero();
  }

  @Test
  void higherTiersFollowLater() {
    measure(BUSY, 2);
    assertThat(window(0, 0)).isEqualTo(20);
    assertThat(window(0, 1)).isZero();
    measure(BUSY, 1);
    assertThat(window(0, 1)).isEqualTo(10);
  }

  @Test
  void aWindowThatWasAskedForIsNeverNarrowed() {
    measure(BUSY, 1);
    assertThat(window(250, 0)).isEqualTo(250);
  }

  @Test
  void theyNarrowWhenTheLoopHasBeenCalmForAWhile() {
    measure(BUSY, 2);
    measure(CALM, 7);
    assertThat(window(0, 0)).isEqualTo(20);
    measure(CALM, 1);
    assertThat(window(0, 0)).isEqualTo(10);
    measure(CALM, 8);
    assertThat(window(0, 0)).isZero();
  }

  @Test
  void neitherCalmNorBusyLeavesThemWhereTheyAre() {
    measure(BUSY, 2);
    measure(MIDDLING, 100);
    assertThat(window(0, 0)).isEqualTo(20);
  }

  @Test
  void aNarrowingThatHadToBeTakenBackMakesTheNextOneWaitLonger() {
    measure(BUSY, 2);
    measure(CALM, 8);
    assertThat(window(0, 0)).isEqualTo(10);
    measure(BUSY, 1);
    assertThat(window(0, 0)).isEqualTo(20);
    measure(CALM, 15);
    assertThat(window(0, 0)).isEqualTo(20);
    measure(CALM, 1);
    assertThat(window(0, 0)).isEqualTo(10);
  }

  @Test
  void whoHasSwitchedItOffKeepsHisWindows() {
    Pressure off = new Pressure(false);
    for (int i = 0; i < 50; i++) {
      off.measure(BUSY, 90_000_000);
    }
    assertThat(off.window(shape(0, 0))).isZero();
  }

  private int window(int asked, int rank) {
    return pressure.window(shape(asked, rank));
  }

  private static Shape shape(int window, int rank) {
    return new Shape(window, rank, false, false, false, Codec.JSON);
  }

  private void measure(double utilisation, int times) {
    for (int i = 0; i < times; i++) {
      pressure.measure(utilisation, 0);
    }
  }
}
