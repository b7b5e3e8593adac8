package dev.tidegate.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.problem.CloseCode;
import dev.tidegate.testing.GatewayCluster;
import dev.tidegate.testing.GatewayProcess;
import dev.tidegate.testing.KafkaBroker;
import dev.tidegate.testing.RawWebSocket;
import dev.tidegate.testing.RedisServer;
import java.io.IOException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A node that stands still for longer than the others wait is a cluster of its own when it goes on.
 * It finds back by itself: one cluster, one owner for each shard, orders that end, and clients that
 * are connected still and have missed nothing. {@code -Dtidegate.freezes=5,15,30,60} tries others.
 */
class FrozenNodeIT {
  private static final int CLOSE = 8;
  private static final int PING = 9;

  private static BusyCluster busy;
  private static int tries;

  @BeforeAll
  static void start() throws Exception {
    busy =
        new BusyCluster(
            GatewayCluster.start("frozen", 3, KafkaBroker.shared(), RedisServer.shared()));
  }

  @AfterAll
  static void stop() {
    if (busy != null) {
      busy.close();
    }
  }

  static IntStream seconds() {
    return Stream.of(System.getProperty("tidegate.freezes", "5,16").split(","))
        .mapToInt(Integer::parseInt);
  }

  @ParameterizedTest
  @MethodSource("seconds")
  void findsBackByItself(int seconds) throws Exception {
    GatewayProcess frozen = busy.cluster.node(tries++ % 3);
    try (RawWebSocket mute = RawWebSocket.open(frozen.stream())) {
      frozen.freeze();
      try {
        busy.suffer(seconds, busy.cluster.node(tries % 3));
      } finally {
        frozen.thaw();
      }
      busy.heal(seconds + " s of standstill of " + frozen.name());
      isAskedAndToldToComeBack(mute);
    }
  }

  /** The others have answered with a pong and are connected still; this one says nothing. */
  private static void isAskedAndToldToComeBack(RawWebSocket mute) throws IOException {
    boolean asked = false;
    RawWebSocket.Frame frame = mute.next();
    for (; frame.opcode() != CLOSE; frame = mute.next()) {
      asked |= frame.opcode() == PING;
    }
    assertThat(asked).as("was asked").isTrue();
    assertThat(frame.closeCode()).isEqualTo(CloseCode.UNHEARD.code());
    assertThat(new String(frame.payload(), 2, frame.payload().length - 2, UTF_8))
        .contains("retryAfter=");
  }
}
