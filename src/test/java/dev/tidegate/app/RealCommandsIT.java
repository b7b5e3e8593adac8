package dev.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.GatewayCluster;
import dev.tidegate.testing.KafkaBroker;
import dev.tidegate.testing.RedisServer;
import dev.tidegate.testing.SampleBackend;
import dev.tidegate.testing.StreamClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A thousand orders, each posted twice at once through two nodes: each runs once, and its owner
 * alone hears of it.
 */
class RealCommandsIT {
  private static final int ORDERS = 1000;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Makes the idempotency keys of this run its own; the store may be shared and outlive it. */
  private static final String RUN = Long.toString(System.nanoTime(), 36);

  private static GatewayCluster cluster;
  private static SampleBackend worker;

  @BeforeAll
  static void startCluster() throws Exception {
    cluster = GatewayCluster.start("orders", 3, KafkaBroker.shared(), RedisServer.shared());
    worker = SampleBackend.start(cluster);
  }

  @AfterAll
  static void stopCluster() {
    if (worker != null) {
      worker.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void aThousandOrdersPostedTwiceRunOnce() throws Exception {
    try (StreamClient alice = new StreamClient("alice", "alice-key");
        StreamClient bob = new StreamClient("bob", "bob-key")) {
      alice.connect(cluster.node(2).stream());
      bob.connect(cluster.node(1).stream());
      for (StreamClient client : List.of(alice, bob)) {
        client.subscribe(List.of(StreamClient.channel("requests", null, 0)));
        Await.await(
            client.name() + " is subscribed",
            Duration.ofSeconds(10),
            () ->
                client.replies().stream()
                    .anyMatch(r -> r.path("op").asText().equals("subscribed")));
      }

      Map<String, Set<String>> ids = postTwice();

      Set<String> accepted = new HashSet<>();
      ids.values().forEach(accepted::addAll);
      assertThat(ids.values()).allSatisfy(both -> assertThat(both).hasSize(1));
      assertThat(accepted).hasSize(ORDERS);
      Await.await(
          "every order's result is pushed",
          Duration.ofSeconds(60),
          () -> completed(alice).size() >= ORDERS);
      assertThat(completed(alice)).containsExactlyInAnyOrderElementsOf(accepted);
      assertThat(bob.<Integer>look("requests", null, feed -> feed.items.size())).isZero();
      assertThat(worker.seenInLog()).containsExactlyInAnyOrderElementsOf(accepted);
    }
  }

  private static List<String> completed(StreamClient client) {
    return client.look(
        "requests",
        null,
        feed ->
            feed.items.stream()
                .filter(m -> m.path("status").asText().equals("completed"))
                .map(m -> m.path("id").asText())
                .toList());
  }

  private static Map<String, Set<String>> postTwice() throws Exception {
    Map<String, Set<String>> ids = new HashMap<>();
    try (HttpClient http = HttpClient.newHttpClient()) {
      for (int batch = 0; batch < ORDERS; batch += 50) {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = batch; i < batch + 50; i++) {
          answers.add(post(http, 0, i));
          answers.add(post(http, 1, i));
        }
        for (int i = 0; i < answers.size(); i++) {
          HttpResponse<String> answer = answers.get(i).join();
          String key = RUN + "-order-" + (batch + i / 2);
          // The second may meet the first while it is being accepted, and a broker may be slow:
          // with
          // its key a client simply asks again.
          for (int again = 0; isTemporary(answer.statusCode()) && again < 200; again++) {
            answer = post(http, i % 2, batch + i / 2).join();
          }
          assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
          JsonNode body = JSON.readTree(answer.body());
          ids.computeIfAbsent(key, k -> new HashSet<>()).add(body.path("id").asText());
        }
      }
    }
    return ids;
  }

  private static boolean isTemporary(int status) {
    return status == 409 || status == 503;
  }

  private static CompletableFuture<HttpResponse<String>> post(
      HttpClient http, int node, int order) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(cluster.node(node).http() + "/v1/orders"))
            .timeout(Duration.ofSeconds(30))
            .header("X-API-Key", "alice-key")
            .header("Idempotency-Key", RUN + "-order-" + order)
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"symbol\":\"BTC-USD\",\"number\":" + order + "}"))
            .build();
    return http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
  }
}
