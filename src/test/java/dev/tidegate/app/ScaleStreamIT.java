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
import dev.tidegate.testing.Storm;
import dev.tidegate.testing.StormClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * STREAM from 1 to 8 instances and back in the middle of a market: who is on a leaving instance is
 * told, closed within the drain time, and goes on elsewhere without a loss.
 */
class ScaleStreamIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int EARLY = 12;
  private static final int LATE = 36;

  /** The drain time that the cluster's nodes are configured with. */
  private static final long DRAIN_MILLIS = 10_000;

  private final long seed = Long.getLong("tidegate.seed", System.nanoTime() & 0xffff_ffffL);

  @Test
  void nobodyLosesDataWhenInstancesComeAndGo() throws Exception {
    System.out.println("scale: -Dtidegate.seed=" + seed);
    Map<String, ReferenceBook> expected = ReferenceBook.of(Captures.coinbase());
    try (GatewayCluster cluster =
            GatewayCluster.start("scale", 2, KafkaBroker.shared(), RedisServer.shared());
        Storm storm = new Storm(seed, cluster, expected)) {
      GatewayProcess node = cluster.node(0);
      cluster.list(expected.keySet());
      for (GatewayProcess each : cluster.nodes()) {
        for (String symbol : expected.keySet()) {
          MarketClients.awaitListed(each, symbol);
        }
      }
      scale(node, 1);
      try (GatewayProcess replay = cluster.replay(Captures.coinbase(), "1")) {
        connect(storm, node, EARLY, "early-");
        scale(node, 8);
        connect(storm, node, LATE, "late-");
        assertThat(storm.closes).as("scaling up moves nobody").isEmpty();
        leave(storm, node);
        assertThat(replay.exitCode(120)).as(replay.errors()).isZero();
      }
      List<String> wrong = storm.settle(40);
      System.out.println("scale: seed " + seed + ": " + storm.summary());
      assertThat(wrong).as("-Dtidegate.seed=" + seed).isEmpty();
    }
  }

  private static void leave(Storm storm, GatewayProcess node) throws Exception {
    long before = storm.millis();
    scale(node, 1);
    long took = storm.millis() - before;
    System.out.println("scale: drained in " + took + " ms, closed " + storm.closes);
    assertThat(took).as("drain").isBetween(DRAIN_MILLIS / 4, DRAIN_MILLIS * 2);
    int told = 0;
    int closed = 0;
    for (StormClient client : storm.clients) {
      told += client.tally.toldToLeave;
      closed += client.tally.closes.getOrDefault(4001, 0);
      assertThat(client.tally.closes.keySet()).as(client.diary.toString()).isSubsetOf(4001);
      assertThat(client.tally.toldToLeave)
          .as("told before it is closed\n" + client.diary)
          .isGreaterThanOrEqualTo(client.tally.closes.getOrDefault(4001, 0));
    }
    assertThat(told).as("clients on leaving instances").isGreaterThan(LATE / 2);
    assertThat(closed).as("clients that waited to be closed").isPositive();
    List<Long> times =
        storm.closes.stream()
            .map(close -> Long.parseLong(close.substring(close.indexOf('@') + 1)) - before)
            .sorted()
            .toList();
    assertThat(times.getLast()).as("the last close").isLessThan(DRAIN_MILLIS + 1_000);
    assertThat(times.getLast() - times.getFirst()).as("spread").isGreaterThan(DRAIN_MILLIS / 4);
  }

  private static void connect(Storm storm, GatewayProcess node, int count, String names)
      throws InterruptedException {
    int first = storm.clients.size();
    for (int i = 0; i < count; i++) {
      storm.add(names + i).connect(node);
    }
    List<StormClient> fresh = storm.clients.subList(first, first + count);
    Await.await(
        names + " have subscribed",
        Duration.ofSeconds(20),
        () -> fresh.stream().allMatch(client -> client.tally.refreshed > 0));
  }

  private static void scale(GatewayProcess node, int instances)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(node.admin() + "/admin/v1/roles/STREAM"))
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString("{\"instances\":" + instances + "}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      for (JsonNode role : JSON.readTree(answer.body()).path("roles")) {
        if (role.path("role").asText().equals("STREAM")) {
          assertThat(role.path("instances").asInt()).isEqualTo(instances);
          assertThat(role.path("draining").asInt()).isZero();
        }
      }
    }
  }
}
