package dev.tidegate.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.bus.Upstreams.Answered;
import dev.tidegate.bus.Upstreams.Call;
import dev.tidegate.bus.Upstreams.Failed;
import dev.tidegate.bus.Upstreams.Forward;
import dev.tidegate.bus.Upstreams.Forwarded;
import dev.tidegate.bus.Upstreams.Header;
import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What nodes of two releases say to one another about exchanges that travel whole. */
class UpstreamCodecsTest {
  @SuppressWarnings("unchecked")
  private static <T> void assertGolden(Class<T> type, T message, String hex) {
    Codec<T> codec =
        (Codec<T>)
            Codecs.all().stream().filter(c -> c.type().equals(type)).findFirst().orElseThrow();
    Buffer wire = Buffer.buffer("x");
    codec.encodeToWire(wire, message);
    assertThat(HexFormat.of().formatHex(wire.getBytes(1, wire.length()))).isEqualTo(hex);
    assertThat(codec.decodeFromWire(1, wire))
        .usingRecursiveComparison()
        .isEqualTo(message);
  }

  @Test
  void writesGoldenBytes() {
    assertGolden(
        Forward.class,
        new Forward("u", "GET", "/a", List.of(new Header("h", "v")), new byte[] {1, 2}, 300),
        "010000001602750647455404" + "2f61" + "0202680276040102d804");
    assertGolden(
        Forwarded.class,
        new Answered(200, List.of(new Header("h", "v")), new byte[] {7}),
        "010000000a01900302026802760207");
    assertGolden(
        Forwarded.class, new Failed("UNAVAILABLE", "unknown", "d"), "010000001700" + "16554e415641494c41424c45" + "0e756e6b6e6f776e" + "0264");
  }

  @Test
  void neverWritesALiveCall() {
    assertThat(UpstreamCodecs.LIVE.type()).isEqualTo(Call.class);
    assertThatThrownBy(() -> UpstreamCodecs.LIVE.decodeFromWire(0, Buffer.buffer(new byte[] {1, 0, 0, 0, 0})))
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
