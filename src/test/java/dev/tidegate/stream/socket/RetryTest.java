package dev.tidegate.stream.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.problem.CloseCode;
import java.nio.charset.StandardCharsets;
import java.util.LongSummaryStatistics;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RetryTest {
  private final Random chance = new Random(1);

  @ParameterizedTest
  @EnumSource(CloseCode.class)
  void onlyWhoMayComeBackUnchangedIsToldWhen(CloseCode code) {
    boolean welcome = code.code() >= 4000 && code.code() < 4500;
    assertThat(Retry.after(code, 10, chance) >= 0).isEqualTo(welcome);
  }

  @Test
  void spreadsThoseWhoLeaveTogether() {
    LongSummaryStatistics spread =
        LongStream.range(0, 1_000)
            .map(i -> Retry.after(CloseCode.FEED_LOST, 8_000, chance))
            .summaryStatistics();
    assertThat(spread.getMin()).isBetween(250L, 1_250L);
    assertThat(spread.getMax()).isBetween(9_000L, 10_000L);
    assertThat(spread.getAverage()).isBetween(4_500.0, 5_750.0);
  }

  @Test
  void theHintIsTheEndOfTheReason() {
    assertThat(Retry.reason("idle", 1_834)).isEqualTo("idle; retryAfter=1834");
    assertThat(Retry.reason("idle", Retry.NONE)).isEqualTo("idle");
  }

  @Property(tries = 500)
  void fitsIntoACloseFrameWhateverTheText(@ForAll String text, @ForAll int after) {
    String reason = Retry.reason(text.repeat(3), after);
    assertThat(reason.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(123);
    if (after >= 0) {
      assertThat(reason).endsWith("; retryAfter=" + after);
    }
  }

  @Test
  void cutsNoCharacterInTwo() {
    assertThat(Retry.cut("aé", 2)).isEqualTo("a");
    assertThat(Retry.cut("aé", 3)).isEqualTo("aé");
    assertThat(Retry.cut("a\uD83D\uDE00b", 4)).isEqualTo("a");
  }
}
