package dev.tidegate.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GateTest {
  private final Gate gate = new Gate("test", Gate.State.DOWN);

  @Test
  void theFirstProbeOpensIt() {
    assertThat(gate.tryEnter()).isFalse();
    gate.probed();
    assertThat(gate.tryEnter()).isTrue();
    assertThat(gate.tryEnter()).isTrue();
  }

  @Test
  void afterAFailedRequestOneTrialGoesFirst() {
    gate.probed();
    gate.failed("timeout");
    assertThat(gate.mayEnter()).isFalse();
    gate.probed();
    assertThat(gate.tryEnter()).isTrue();
    assertThat(gate.tryEnter()).isFalse();
    gate.succeeded();
    assertThat(gate.tryEnter()).isTrue();
  }

  @Test
  void aFailedTrialClosesItAgain() {
    gate.probed();
    gate.failed("timeout");
    gate.probed();
    gate.tryEnter();
    gate.failed("timeout");
    assertThat(gate.tryEnter()).isFalse();
  }

  @Test
  void failedProbesAfterAFailedRequestDoNotReplaceTheTrial() {
    gate.probed();
    gate.failed("timeout");
    gate.probeFailed("no answer");
    gate.probed();
    assertThat(gate.state()).isEqualTo(Gate.State.TRIAL);
  }

  @Test
  void whatAProbeClosedAProbeOpens() {
    gate.probed();
    gate.probeFailed("no answer");
    gate.probeFailed("no answer");
    assertThat(gate.mayEnter()).isFalse();
    gate.probed();
    assertThat(gate.state()).isEqualTo(Gate.State.UP);
  }

  @Test
  void nobodyHasToBeTheTrialForEver() {
    gate.probed();
    gate.failed("timeout");
    gate.probed();
    gate.probed();
    assertThat(gate.state()).isEqualTo(Gate.State.UP);
  }

  @Test
  void aTrialThatWasRefusedForItselfLeavesTheTurnToTheNext() {
    gate.probed();
    gate.failed("timeout");
    gate.probed();
    gate.tryEnter();
    gate.answered();
    assertThat(gate.tryEnter()).isTrue();
  }
}
