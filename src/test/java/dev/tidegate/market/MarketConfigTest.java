package dev.tidegate.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MarketConfigTest {
  private final ObjectMapper json = new ObjectMapper();

  @Test
  void aShortFileGetsDefaults() throws Exception {
    MarketConfig config = json.readValue("{}", MarketConfig.class);
    assertThat(config).isEqualTo(MarketConfig.DEFAULT);
    assertThat(config.feed()).isEqualTo(MarketConfig.Source.SIMULATOR);
    assertThat(config.shards()).isEqualTo(8);
    assertThat(config.silence()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.simulator().symbols()).contains("BTC-USD", "ETH-USD");
    assertThat(config.keep().bounds().trades()).isEqualTo(20_000);
    assertThat(config.keep().bounds().ageMillis()).isEqualTo(300_000);
  }

  @Test
  void readsTheFeedAndItsSettings() throws Exception {
    MarketConfig config =
        json.readValue(
            "{\"feed\":\"capture\",\"capture\":{\"path\":\"x.gz\",\"speed\":20,\"loop\":true},"
                + "\"simulator\":{\"prefix\":\"SYM\",\"count\":50,\"rate\":2500}}",
            MarketConfig.class);
    assertThat(config.feed()).isEqualTo(MarketConfig.Source.CAPTURE);
    assertThat(config.capture()).isEqualTo(new MarketConfig.Capture("x.gz", 20.0, true));
    assertThat(config.simulator().symbols()).hasSize(50).contains("SYM0000", "SYM0049");
  }

  @Test
  void saysWhichValueIsWrong() {
    assertRefused("{\"shards\":0}", "shards: 0 (expected 1..1024)");
    assertRefused("{\"feed\":\"capture\"}", "capture: null (expected a path for feed capture)");
    assertRefused("{\"simulator\":{\"rate\":0}}", "simulator.rate: 0.0 (expected");
    assertRefused("{\"socket\":{\"port\":70000}}", "socket.port: 70000 (expected 0..65535)");
    assertRefused("{\"keep\":{\"trades\":0}}", "keep.trades: 0 (expected 1..10000000)");
  }

  private void assertRefused(String text, String message) {
    assertThatThrownBy(() -> json.readValue(text, MarketConfig.class))
        .isInstanceOf(JsonMappingException.class)
        .hasMessageContaining(message);
  }
}
