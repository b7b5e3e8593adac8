package dev.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.GatewayCluster;
import dev.tidegate.testing.GatewayProcess;
import dev.tidegate.testing.KafkaBroker;
import dev.tidegate.testing.MarketClients;
import dev.tidegate.testing.RedisServer;
import dev.tidegate.testing.SampleBackend;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A node that stands still for longer than the others wait is a cluster of its own when it goes on.
 * It finds back by itself: one cluster, one owner for each shard, and orders that end.
 */
class FrozenNodeIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> SYMBOLS = List.of("ADA-USD", "BTC-USD", "ETH-USD", "SOL-USD");

  @Test
  @SuppressWarnings("try") // the back end works for as long as it is open
  void findsBackByItself() throws Exception {
    try (GatewayCluster cluster =
            GatewayCluster.start("frozen", 3, KafkaBroker.shared(), RedisServer.shared());
        SampleBackend backend = SampleBackend.start(cluster)) {
      cluster.list(SYMBOLS);
      for (GatewayProcess node : cluster.nodes()) {
        for (String symbol : SYMBOLS) {
          MarketClients.awaitListed(node, symbol);
        }
      }
      GatewayProcess frozen = cluster.node(1);
      frozen.freeze();
      try {
        Await.await(PATIENCE, () -> oneOwnerForEachShard(cluster.node(0), 2));
      } finally {
        frozen.thaw();
      }
      for (GatewayProcess node : cluster.nodes()) {
        Await.await(PATIENCE, () -> oneOwnerForEachShard(node, 3));
      }
      for (GatewayProcess node : cluster.nodes()) {
        assertThat(order(node)).as("an order at " + node.name()).isEqualTo("completed");
      }
    }
  }

  /** Whether the node hears of so many nodes, and of one that owns each shard. */
  private static boolean oneOwnerForEachShard(GatewayProcess asked, int nodes) {
    Set<String> heard = new HashSet<>();
    Map<Integer, Integer> owners = new TreeMap<>();
    JsonNode view;
    try {
      view = JSON.readTree(GatewayCluster.get(asked.admin() + "/admin/v1/market").body());
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    for (JsonNode part : view.path("parts")) {
      heard.add(part.path("node").asText());
      for (JsonNode replica : part.path("data").path("replicas")) {
        owners.merge(
            replica.path("shard").asInt(),
            replica.path("owning").asBoolean() ? 1 : 0,
            Integer::sum);
      }
    }
    return heard.size() == nodes
        && owners.size() == 4
        && owners.values().stream().allMatch(count -> count == 1);
  }

  private static String order(GatewayProcess node) throws Exception {
    String key = node.name() + "-" + System.nanoTime();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(node.http() + "/v1/orders"))
            .timeout(Duration.ofSeconds(30))
            .header("X-API-Key", "alice-key")
            .header("Idempotency-Key", key)
            .header("Prefer", "wait=20")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"order\":\"" + key + "\"}"))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      return JSON.readTree(answer.body()).path("status").asText();
    }
  }
}
