package dev.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.GatewayCluster;
import dev.tidegate.testing.GatewayProcess;
import dev.tidegate.testing.KafkaBroker;
import dev.tidegate.testing.RedisServer;
import dev.tidegate.testing.StreamClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;

/** What clients have armed is carried out by whoever survives, once, unless they come back. */
class CancelOnDisconnectIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration SOON = Duration.ofSeconds(15);

  @Test
  void outlivesTheNodeThatItWasArmedOn() throws Exception {
    try (GatewayCluster cluster =
            GatewayCluster.start("deadmen", 2, KafkaBroker.shared(), RedisServer.shared());
        Log log = new Log(cluster);
        StreamClient alice = new StreamClient("alice", "alice-key");
        StreamClient bob = new StreamClient("bob", "bob-key");
        StreamClient maker = new StreamClient("mm-1", "mm-1-key")) {
      GatewayProcess first = cluster.node(0);
      GatewayProcess second = cluster.node(1);

      String ended = arm(alice, second, "'grace':300");
      alice.drop();
      log.await(ended);

      String killed = arm(alice, first, "'grace':1500");
      arm(bob, first, "'grace':1500");
      arm(maker, first, "'grace':1500");
      maker.send("{\"op\":\"cancelOnDisconnect\",\"id\":2,\"enabled\":false}");
      Await.await("disarmed", SOON, () -> answers(maker) == 2);
      Await.await("the other node knows", SOON, () -> metric(second, "tidegate_stream_armed") == 2);
      first.kill();
      alice.drop();
      maker.drop();
      bob.drop();
      String back = arm(bob, second, "'grace':1500");
      log.await(killed);

      // Bob's session on the survivor ends last: had anything else been due, it would be here.
      bob.drop();
      log.await(back);
      assertThat(log.cancelled).containsExactlyInAnyOrder(ended, killed, back);

      alice.subscribe(List.of(StreamClient.channel("orders", null, 0)));
      alice.connect(second.stream());
      Await.await("subscribed", SOON, () -> reply(alice, "subscribed") != null);
      assertThat(reply(alice, "subscribed").path("channels").get(0).path("seq").asLong())
          .as("both of alice's commands stand in her orders")
          .isGreaterThanOrEqualTo(2);
    }
  }

  private static String arm(StreamClient client, GatewayProcess node, String options)
      throws Exception {
    int before = answers(client);
    client.connect(node.stream());
    client.send(("{'op':'cancelOnDisconnect','id':1," + options + "}").replace('\'', '"'));
    Await.await("armed", SOON, () -> answers(client) > before);
    return reply(client, "welcome").path("session").asText();
  }

  private static int answers(StreamClient client) {
    return (int)
        client.replies().stream()
            .filter(reply -> reply.path("op").asText().equals("cancelOnDisconnect"))
            .count();
  }

  /** The last one with the op. */
  private static JsonNode reply(StreamClient client, String op) {
    return client.replies().reversed().stream()
        .filter(reply -> reply.path("op").asText().equals(op))
        .findFirst()
        .orElse(null);
  }

  private static double metric(GatewayProcess node, String name) {
    try {
      return GatewayCluster.get(node.admin() + "/metrics")
          .body()
          .lines()
          .filter(line -> line.startsWith(name + "{"))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The sessions that commands in the log cancel for, as often as they stand there. */
  private static final class Log implements AutoCloseable {
    final List<String> cancelled = new ArrayList<>();
    private final KafkaConsumer<String, String> consumer;

    Log(GatewayCluster cluster) {
      consumer =
          new KafkaConsumer<>(
              Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.kafka),
              new StringDeserializer(),
              new StringDeserializer());
      List<TopicPartition> partitions =
          consumer.partitionsFor(cluster.commandTopic).stream()
              .map(one -> new TopicPartition(one.topic(), one.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
    }

    void await(String session) throws Exception {
      long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
      while (!cancelled.contains(session) && System.nanoTime() < end) {
        for (ConsumerRecord<String, String> entry : consumer.poll(Duration.ofMillis(200))) {
          JsonNode command = JSON.readTree(entry.value());
          assertThat(command.path("method").asText()).isEqualTo("DELETE");
          JsonNode body = command.path("body");
          cancelled.add(
              (body.isTextual() ? JSON.readTree(body.asText()) : body).path("session").asText());
        }
      }
      assertThat(cancelled).contains(session);
    }

    @Override
    public void close() {
      consumer.close();
    }
  }
}
