package dev.tidegate.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.config.Settings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarketConfigTest {
  @Test
  void aShortFileGetsDefaults() {
    MarketConfig config = read("{}");
    assertThat(config.feed()).isEqualTo(MarketConfig.Source.SIMULATOR);
    assertThat(config.shards()).isEqualTo(8);
    assertThat(config.silence()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.simulator().symbols()).contains("BTC-USD", "ETH-USD");
    assertThat(config.bounds().trades()).isEqualTo(20_000);
    assertThat(config.bounds().ageMillis()).isEqualTo(300_000);
  }

  @Test
  void readsTheFeedAndItsSettings() {
    MarketConfig config =
        read(
            """
            feed: capture
            capture: {path: x.gz, speed: 20, loop: true}
            simulator: {prefix: SYM, count: 50, rate: 2500}
            """);
    assertThat(config.feed()).isEqualTo(MarketConfig.Source.CAPTURE);
    assertThat(config.capture()).isEqualTo(new MarketConfig.Capture("x.gz", 20.0, true));
    assertThat(config.simulator().symbols()).hasSize(50).contains("SYM0000", "SYM0049");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {shards: 0}             | shards: 0 (expected 1..1024)
          {feed: capture}         | capture: missing (expected a path for feed capture)
          {simulator: {rate: 0}}  | rate: 0.0 (expected
          {socket: {port: 70000}} | port: 70000 (expected 0..65535)
          {keep: {trades: 0}}     | trades: 0 (expected 1..10000000)
          {silence: 100ms}        | silence: 100ms (expected more than heartbeat)
          """)
  void saysWhichValueIsWrong(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml)).hasMessageContaining(message);
  }

  private static MarketConfig read(String yaml) {
    return Settings.of(MarketConfig.class, yaml);
  }
}
