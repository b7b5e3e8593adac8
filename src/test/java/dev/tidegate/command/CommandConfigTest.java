package dev.tidegate.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.config.Settings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandConfigTest {
  @Test
  void hasADefaultForEverything() {
    CommandConfig config = Settings.of(CommandConfig.class, "{}");
    assertThat(config.topics()).containsExactly("commands");
    assertThat(config.privateRetention()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.records()).isEqualTo(Duration.ofHours(24));
    assertThat(config.maxBody()).isEqualTo(1 << 20);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {maxBody: 0}          | maxBody: 0 (expected 1..16777216)
          {appendTimeout: 1ms}  | appendTimeout: 1ms (expected 100ms..2m)
          {lease: 1s}           | lease: 1s (expected more than appendTimeout + stateTimeout)
          """)
  void saysWhatIsWrong(String yaml, String message) {
    assertThatThrownBy(() -> Settings.of(CommandConfig.class, yaml)).hasMessageContaining(message);
  }
}
