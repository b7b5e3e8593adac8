package dev.tidegate.stream.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.stream.encode.Codec;
import dev.tidegate.stream.encode.Shape;
import org.junit.jupiter.api.Test;

class PressureTest {
  private static final double FULL = 0.99;
  private static final double BUSY = 0.9;
  private static final double MIDDLING = 0.7;
  private static final double CALM = 0.2;

  private final Pressure pressure = new Pressure(true);

  @Test
  void aFullLoopWidensTheWindowsStepByStep() {
    measure(FULL, 1);
    assertThat(window(0, 0)).isEqualTo(20);
    measure(FULL, 2);
    assertThat(window(0, 0)).isEqualTo(100);
    measure(FULL, 100);
    assertThat(window(0, 0)).isEqualTo(1000);
  }

  @Test
  void aBusyLoopHasToBeSoForAWhile() {
    measure(BUSY, 3);
    assertThat(window(0, 0)).isZero();
    measure(BUSY, 1);
    assertThat(window(0, 0)).isEqualTo(10);
  }

  @Test
  void burstsThatFallIntoEveryOtherMeasurementAreTakenTogether() {
    for (int i = 0; i < 40; i++) {
      pressure.measure(i % 2 == 0 ? 0.95 : 0.66, 0);
    }
    assertThat(window(0, 0)).isZero();
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
    measure(FULL, 2);
    assertThat(window(0, 0)).isEqualTo(50);
    assertThat(window(0, 1)).isZero();
    measure(FULL, 1);
    assertThat(window(0, 1)).isEqualTo(20);
  }

  @Test
  void aWindowThatWasAskedForIsNeverNarrowed() {
    measure(FULL, 1);
    assertThat(window(250, 0)).isEqualTo(250);
  }

  @Test
  void theyNarrowWhenTheLoopHasBeenCalmForAWhile() {
    measure(FULL, 1);
    measure(CALM, 10);
    assertThat(window(0, 0)).isEqualTo(20);
    measure(CALM, 1);
    assertThat(window(0, 0)).isEqualTo(10);
    measure(CALM, 11);
    assertThat(window(0, 0)).isZero();
  }

  @Test
  void neitherCalmNorBusyLeavesThemWhereTheyAre() {
    measure(FULL, 1);
    measure(MIDDLING, 100);
    assertThat(window(0, 0)).isEqualTo(20);
  }

  @Test
  void aNarrowingThatHadToBeTakenBackMakesTheNextOneWaitLonger() {
    measure(FULL, 1);
    measure(CALM, 11);
    assertThat(window(0, 0)).isEqualTo(10);
    measure(BUSY, 4);
    assertThat(window(0, 0)).isEqualTo(20);
    measure(CALM, 18);
    assertThat(window(0, 0)).isEqualTo(20);
    measure(CALM, 1);
    assertThat(window(0, 0)).isEqualTo(10);
  }

  @Test
  void whoHasSwitchedItOffKeepsHisWindows() {
    Pressure off = new Pressure(false);
    for (int i = 0; i < 50; i++) {
      off.measure(FULL, 90_000_000);
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
