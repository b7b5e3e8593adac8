package dev.tidegate.upstream;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.upstream.UpstreamConfig.Endpoint;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpstreamConfigTest {
  @Test
  void saysWhatIsWrongWithAnUpstream() {
    List<Endpoint> one = List.of(new Endpoint("a", 1));
    assertThatThrownBy(() -> UpstreamConfig.of("u")).hasMessageStartingWith("endpoints: []");
    assertThatThrownBy(() -> new Endpoint("h", 0)).hasMessageStartingWith("endpoints.port: 0");
    assertThatThrownBy(() -> new UpstreamConfig("u", one, false, null, null, null, null, 0, 0))
        .hasMessageStartingWith("maxConnections: 0");
  }
}
