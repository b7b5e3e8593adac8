package dev.tidegate.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CommandConfigTest {
  @Test
  void hasADefaultForEverything() {
    CommandConfig config = CommandConfig.defaults();
    assertThat(config.topics()).containsExactly("commands");
    assertThat(config.privateRetention()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.records()).isEqualTo(Duration.ofHours(24));
    assertThat(config.maxBody()).isEqualTo(1 << 20);
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> with(0, null, null)).hasMessage("maxBody: 0 (expected 1..16777216)");
    assertThatThrownBy(() -> with(null, Duration.ofMillis(1), null))
        .hasMessage("appendTimeout: PT0.001S (expected 100ms..120000ms)");
    assertThatThrownBy(() -> with(null, null, Duration.ofSeconds(1)))
        .hasMessage("lease: PT1S (expected more than appendTimeout + stateTimeout)");
  }

  private static CommandConfig with(Integer maxBody, Duration appendTimeout, Duration lease) {
    return new CommandConfig(
        null, null, null, null, maxBody, null, appendTimeout, null, lease, null, null, null, null);
  }
}
