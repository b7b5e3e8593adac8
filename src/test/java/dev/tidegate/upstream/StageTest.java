package dev.tidegate.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.problem.Outcome;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StageTest {
  @Test
  void leadsFromTheChoiceOfAnEndpointToTheEnd() {
    assertThat(
            Stage.CONNECTING
                .to(Stage.OPENING)
                .to(Stage.SENT)
                .to(Stage.ANSWERING)
                .to(Stage.PAUSED)
                .to(Stage.ANSWERING)
                .to(Stage.OVER))
        .isEqualTo(Stage.OVER);
  }

  @ParameterizedTest
  @EnumSource
  void endsOnlyOnce(Stage next) {
    assertThatThrownBy(() -> Stage.OVER.to(next)).hasMessage("OVER does not lead to " + next);
  }

  @Test
  void startsAnewOnlyWhileThereIsNoAnswer() {
    assertThat(Arrays.stream(Stage.values()).filter(StageTest::startsAnew))
        .containsExactly(Stage.OPENING, Stage.SENT);
  }

  private static boolean startsAnew(Stage stage) {
    try {
      return stage.to(Stage.CONNECTING) == Stage.CONNECTING;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  @Test
  void knowsWhetherAnythingCanHaveBeenSent() {
    assertThat(Arrays.stream(Stage.values()).filter(s -> s.outcome() == Outcome.NEVER_SENT))
        .containsExactly(Stage.CONNECTING, Stage.OPENING);
  }
}
