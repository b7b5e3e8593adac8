package dev.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.Captures;
import dev.tidegate.testing.GatewayCluster;
import dev.tidegate.testing.GatewayProcess;
import dev.tidegate.testing.KafkaBroker;
import dev.tidegate.testing.MarketClients;
import dev.tidegate.testing.RedisServer;
import dev.tidegate.testing.ReferenceBook;
import dev.tidegate.testing.SampleBackend;
import dev.tidegate.testing.StreamClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** kill -9 of one of three nodes in the middle of a market and of orders: nobody loses anything. */
class NodeDeathIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Makes the idempotency keys of this run its own; the store may be shared and outlive it. */
  private static final String RUN = Long.toString(System.nanoTime(), 36);

  private static final String[] KEY = {"X-API-Key", "alice-key"};

  @Test
  void theOthersCarryOnWithoutALoss() throws Exception {
    Map<String, ReferenceBook> expected = ReferenceBook.of(Captures.coinbase());
    List<StreamClient> clients = new ArrayList<>();
    try (GatewayCluster cluster =
            GatewayCluster.start("death", 3, KafkaBroker.shared(), RedisServer.shared());
        SampleBackend backend = SampleBackend.start(cluster)) {
      cluster.list(expected.keySet());
      for (GatewayProcess node : cluster.nodes()) {
        for (int window : new int[] {0, 250}) {
          String name = node.name() + "-window-" + window;
          clients.add(MarketClients.follow(name, node, expected.keySet(), window));
        }
      }
      Orders orders = new Orders(cluster);
      Thread posting = Thread.ofPlatform().name("orders").start(orders);
      try (GatewayProcess replay = cluster.replay(Captures.coinbase(), "2")) {
        StreamClient last = clients.get(clients.size() - 1);
        Await.await(
            "the market is in full swing",
            Duration.ofSeconds(60),
            () -> last.feeds().values().stream().mapToInt(f -> f.messages).sum() > 100);

        GatewayProcess victim = cluster.node(0);
        victim.kill();
        for (StreamClient client : clients.subList(0, 2)) {
          client.drop();
          client.connect(cluster.node(1).stream());
        }

        assertThat(replay.exitCode(120)).as(replay.errors()).isZero();
      }
      for (StreamClient client : clients) {
        MarketClients.endsWith(client, expected);
      }
      orders.stop();
      posting.join();
      assertEveryAcceptedOrderRanOnce(cluster, backend, orders);
    } finally {
      clients.forEach(StreamClient::close);
    }
  }

  private static void assertEveryAcceptedOrderRanOnce(
      GatewayCluster cluster, SampleBackend backend, Orders orders) throws Exception {
    assertThat(orders.accepted).hasSizeGreaterThan(50);
    for (String id : orders.accepted) {
      String url = cluster.node(1).http() + "/v1/requests/" + id;
      Await.await(
          id + " is completed", Duration.ofSeconds(30), () -> GatewayCluster.completed(url));
    }
    assertThat(backend.ran()).containsAll(orders.accepted).doesNotHaveDuplicates();
  }

  /** A client that posts order after order, each until some node has accepted it. */
  private static final class Orders implements Runnable {
    final Set<String> accepted = new HashSet<>();
    private final GatewayCluster cluster;
    private final AtomicBoolean stopped = new AtomicBoolean();

    Orders(GatewayCluster cluster) {
      this.cluster = cluster;
    }

    void stop() {
      stopped.set(true);
    }

    @Override
    public void run() {
      try (HttpClient http = HttpClient.newHttpClient()) {
        for (int order = 0; !stopped.get(); order++) {
          String key = RUN + "-death-" + order;
          for (int attempt = order; !stopped.get(); attempt++) {
            if (post(http, attempt % cluster.nodes().size(), key)) {
              break;
            }
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private boolean post(HttpClient http, int node, String key) throws InterruptedException {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(cluster.node(node).http() + "/v1/orders"))
              .timeout(Duration.ofSeconds(10))
              .headers(KEY)
              .header("Idempotency-Key", key)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString("{\"order\":\"" + key + "\"}"))
              .build();
      try {
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 202) {
          return false;
        }
        JsonNode body = JSON.readTree(answer.body());
        accepted.add(body.path("id").asText());
        return true;
      } catch (IOException e) {
        return false;
      }
    }
  }
}
