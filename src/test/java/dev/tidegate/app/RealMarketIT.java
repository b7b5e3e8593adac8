package dev.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.testing.Captures;
import dev.tidegate.testing.GatewayCluster;
import dev.tidegate.testing.GatewayProcess;
import dev.tidegate.testing.KafkaBroker;
import dev.tidegate.testing.MarketClients;
import dev.tidegate.testing.RedisServer;
import dev.tidegate.testing.ReferenceBook;
import dev.tidegate.testing.StreamClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Recorded exchanges, through Kafka and three nodes, to clients that end with exactly the
 * exchange's books.
 */
class RealMarketIT {
  private static GatewayCluster cluster;

  @BeforeAll
  static void startCluster() throws Exception {
    cluster = GatewayCluster.start("market", 3, KafkaBroker.shared(), RedisServer.shared());
  }

  @AfterAll
  static void stopCluster() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void coinbaseAtItsOwnSpeed() throws Exception {
    replayed(Captures.coinbase(), "1");
  }

  @Test
  void coinbaseAtTwentyTimesItsSpeed() throws Exception {
    replayed(Captures.coinbase(), "20");
  }

  @Test
  void binanceAtItsOwnSpeed() throws Exception {
    replayed(Captures.binance(), "1");
  }

  @Test
  void binanceAtTwentyTimesItsSpeed() throws Exception {
    replayed(Captures.binance(), "20");
  }

  private static void replayed(Path capture, String speed) throws Exception {
    Map<String, ReferenceBook> expected = ReferenceBook.of(capture);
    cluster.list(expected.keySet());
    List<StreamClient> clients = new ArrayList<>();
    try {
      for (GatewayProcess node : cluster.nodes()) {
        for (int window : new int[] {0, 250}) {
          String name = node.name() + "-window-" + window;
          clients.add(MarketClients.follow(name, node, expected.keySet(), window));
        }
      }
      try (GatewayProcess replay = cluster.replay(capture, speed)) {
        assertThat(replay.exitCode(120)).as(replay.errors()).isZero();
      }
      for (StreamClient client : clients) {
        MarketClients.endsWith(client, expected);
      }
    } finally {
      clients.forEach(StreamClient::close);
    }
  }
}
