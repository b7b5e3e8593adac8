package dev.tidegate.app;

import dev.tidegate.testing.CutLines;
import dev.tidegate.testing.GatewayCluster;
import dev.tidegate.testing.KafkaBroker;
import dev.tidegate.testing.RedisServer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two nodes that do not hear each other for longer than they wait, or of which one does not hear
 * the other, are one cluster again soon after their network is mended, without a loss. {@code
 * -Dtidegate.cut=60} cuts for another time, {@code -Dtidegate.cuts=FIRST,FIRST} makes other cuts.
 */
class CutNetworkIT {
  private static final int SECONDS = Integer.getInteger("tidegate.cut", 12);

  private static BusyCluster busy;

  @BeforeAll
  static void start() throws Exception {
    busy =
        new BusyCluster(
            GatewayCluster.startOverLines("cut", KafkaBroker.shared(), RedisServer.shared()));
  }

  @AfterAll
  static void stop() {
    if (busy != null) {
      busy.close();
    }
  }

  /** Who is not heard. */
  enum Cut {
    BOTH,
    FIRST,
    SECOND;

    void make(CutLines lines) {
      if (this != SECOND) {
        lines.cut(0);
      }
      if (this != FIRST) {
        lines.cut(1);
      }
    }
  }

  static Stream<Cut> cuts() {
    return Stream.of(System.getProperty("tidegate.cuts", "BOTH,FIRST,SECOND").split(","))
        .map(Cut::valueOf);
  }

  @ParameterizedTest
  @MethodSource("cuts")
  void isOneClusterAgainSoonAfter(Cut cut) throws Exception {
    cut.make(busy.cluster.lines());
    try {
      busy.suffer(SECONDS, busy.cluster.node(0));
    } finally {
      busy.cluster.lines().mend();
    }
    busy.heal("a cut of " + cut);
  }
}
