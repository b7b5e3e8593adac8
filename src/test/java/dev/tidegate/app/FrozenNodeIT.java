package dev.tidegate.app;

import dev.tidegate.testing.Await;
import dev.tidegate.testing.GatewayCluster;
import dev.tidegate.testing.GatewayProcess;
import dev.tidegate.testing.KafkaBroker;
import dev.tidegate.testing.RedisServer;
import java.time.Duration;
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
    return Stream.of(System.getProperty("tidegate.freezes", "5,16,35").split(","))
        .mapToInt(Integer::parseInt);
  }

  @ParameterizedTest
  @MethodSource("seconds")
  void findsBackByItself(int seconds) throws Exception {
    GatewayProcess frozen = busy.cluster.node(tries++ % 3);
    long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    frozen.freeze();
    try {
      Await.await(Duration.ofSeconds(seconds + 1), () -> System.nanoTime() > end);
    } finally {
      frozen.thaw();
    }
    busy.heal(seconds + " s of standstill of " + frozen.name());
  }
}
