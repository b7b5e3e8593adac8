package dev.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.GatewayCluster;
import dev.tidegate.testing.KafkaBroker;
import dev.tidegate.testing.RedisServer;
import dev.tidegate.testing.SampleBackend;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Ten seconds without the broker, ten without Redis: refused at once, nothing half done, and back
 * by itself.
 */
class OutageIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration AWAY = Duration.ofSeconds(10);

  private final HttpClient http = HttpClient.newHttpClient();
  private KafkaBroker kafka;
  private RedisServer redis;
  private GatewayCluster cluster;
  private SampleBackend backend;
  private final List<Integer> unsettled = new ArrayList<>();
  private int orders;

  @BeforeEach
  void start() throws Exception {
    kafka = KafkaBroker.start();
    redis = RedisServer.start();
    cluster = GatewayCluster.start("outage", 1, kafka, redis);
    backend = SampleBackend.start(cluster);
  }

  @AfterEach
  void stop() {
    for (AutoCloseable part : new AutoCloseable[] {backend, cluster, redis, kafka, http}) {
      try {
        if (part != null) {
          part.close();
        }
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void withoutTheBrokerAndThenWithoutRedis() throws Exception {
    List<String> accepted = new ArrayList<>();
    accepted.add(id(awaitAccepted()));

    kafka.kill();
    refusedThroughout("/problems/command-log-unavailable");
    kafka.restart();
    accepted.add(id(awaitAccepted()));

    redis.kill();
    refusedThroughout("/problems/state-unavailable");
    redis.restart();
    accepted.add(id(awaitAccepted()));

    for (String id : accepted) {
      String url = cluster.node(0).http() + "/v1/requests/" + id;
      Await.await(
          id + " is completed", Duration.ofSeconds(60), () -> GatewayCluster.completed(url));
    }
    // An answer of "unknown" leaves the order to its key: posted again it runs once, whatever
    // became of the first.
    for (int order : unsettled) {
      HttpResponse<String> answer = post(order);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
      accepted.add(id(answer));
    }
    Await.await(
        "what was unsettled has run",
        Duration.ofSeconds(30),
        () -> backend.ran().containsAll(accepted));
    assertThat(backend.ran()).containsExactlyInAnyOrderElementsOf(accepted);
  }

  /**
   * Every answer is a problem with an outcome; one that may have been sent is settled with its key
   * afterwards.
   */
  private void refusedThroughout(String problem) throws Exception {
    long end = System.nanoTime() + AWAY.toNanos();
    int refused = 0;
    while (System.nanoTime() < end) {
      HttpResponse<String> answer = post(++orders);
      JsonNode body = JSON.readTree(answer.body());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
      assertThat(body.path("type").asText()).isEqualTo(problem);
      assertThat(answer.headers().firstValue("Retry-After")).isPresent();
      assertThat(body.path("outcome").asText()).isIn("never-sent", "unknown");
      if (body.path("outcome").asText().equals("unknown")) {
        unsettled.add(orders);
      }
      refused++;
    }
    assertThat(refused).as("refusals in ten seconds: none waits long").isGreaterThan(20);
  }

  private HttpResponse<String> awaitAccepted() throws Exception {
    List<HttpResponse<String>> last = new ArrayList<>();
    int order = ++orders;
    Await.await(
        "orders are accepted again",
        Duration.ofSeconds(60),
        () -> {
          last.clear();
          last.add(post(order));
          return last.get(0).statusCode() == 202;
        });
    return last.get(0);
  }

  private static String id(HttpResponse<String> answer) throws IOException {
    return JSON.readTree(answer.body()).path("id").asText();
  }

  private HttpResponse<String> post(int order) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(cluster.node(0).http() + "/v1/orders"))
            .timeout(Duration.ofSeconds(15))
            .header("X-API-Key", "alice-key")
            .header("Idempotency-Key", "outage-" + order)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"order\":" + order + "}"))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
