package dev.tidegate.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadinessTest {
  @Test
  void isReadyFromStartedToDraining() {
    Readiness readiness = new Readiness();
    assertThat(readiness.isReady()).isFalse();
    readiness.started();
    assertThat(readiness.isReady()).isTrue();
    readiness.draining();
    assertThat(readiness.isReady()).isFalse();
    assertThat(readiness.text()).isEqualTo("draining");
  }

  @Test
  void neverComesBackFromDraining() {
    Readiness readiness = new Readiness();
    readiness.draining();
    readiness.started();
    assertThat(readiness.isReady()).isFalse();
  }
}
