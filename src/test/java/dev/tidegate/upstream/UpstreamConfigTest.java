package dev.tidegate.upstream;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.config.Settings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpstreamConfigTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{name: u}                                                       | endpoints: []",
        "{name: u, endpoints: [{host: h, port: 0}]}                      | port: 0",
        "{name: u, endpoints: [{host: a, port: 1}], maxConnections: 0}   | maxConnections: 0",
        "{name: u, endpoints: [{host: a, port: 1}], timeout: 0s}         | timeout: 0s",
        "{endpoints: [{host: a, port: 1}]}                               | name: missing",
      })
  void saysWhatIsWrongWithAnUpstream(String yaml, String why) {
    assertThatThrownBy(() -> Settings.of(UpstreamConfig.class, yaml)).hasMessageContaining(why);
  }
}
