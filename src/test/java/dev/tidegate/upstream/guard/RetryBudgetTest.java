package dev.tidegate.upstream.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.config.Settings;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
  private long nanos;

  private RetryBudget budget(String properties) {
    return new RetryBudget(Settings.of(RetryConfig.class, properties), () -> nanos);
  }

  private static int taken(RetryBudget budget) {
    int taken = 0;
    while (taken < 10_000 && budget.tryTake()) {
      taken++;
    }
    return taken;
  }

  @Test
  void isAFifthOfTheRequestsOfTheWindow() {
    RetryBudget budget = budget("{minPerSecond: 0}");
    for (int i = 0; i < 1_000; i++) {
      nanos += 1_000_000;
      budget.request();
    }
    assertThat(taken(budget)).isEqualTo(200);
    nanos += 11_000_000_000L;
    assertThat(budget.tryTake()).isFalse();
  }

  @Test
  void isSoManyASecondInAnyCase() {
    RetryBudget budget = budget("{budget: 0, minPerSecond: 3, window: 10s}");
    assertThat(taken(budget)).isEqualTo(30);
    nanos += 10_000_000_000L;
    assertThat(taken(budget)).isEqualTo(30);
  }
}
