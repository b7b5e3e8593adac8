package dev.tidegate.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.bus.Upstreams.Call;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class UpstreamCodecsTest {
  @Test
  void neverSendsALiveCallToAnotherNode() {
    assertThat(UpstreamCodecs.LIVE.type()).isEqualTo(Call.class);
    Buffer wire = Buffer.buffer(new byte[] {1, 0, 0, 0, 0});
    assertThatThrownBy(() -> UpstreamCodecs.LIVE.decodeFromWire(0, wire))
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
