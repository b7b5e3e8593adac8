package dev.tidegate.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A back end on the plain Kafka client: runs each command once by its id and reports processing,
 * then completed.
 */
public final class SampleBackend implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final KafkaConsumer<String, String> consumer;
  private final KafkaProducer<String, String> producer;
  private final String results;
  private final Set<String> done = new HashSet<>();
  private final Queue<String> seen = new ConcurrentLinkedQueue<>();
  private final Queue<String> ran = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile boolean stopped;

  private SampleBackend(GatewayCluster cluster) {
    results = cluster.resultsTopic;
    producer = cluster.producer();
    consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                cluster.kafka,
                ConsumerConfig.GROUP_ID_CONFIG,
                "backend-" + cluster.commandTopic,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest"),
            new StringDeserializer(),
            new StringDeserializer());
    consumer.subscribe(List.of(cluster.commandTopic));
    thread = Thread.ofPlatform().daemon().name("backend").unstarted(this::run);
  }

  public static SampleBackend start(GatewayCluster cluster) {
    SampleBackend backend = new SampleBackend(cluster);
    backend.thread.start();
    return backend;
  }

  /** The id of every record in the log, as often as it stands there. */
  public List<String> seenInLog() {
    return List.copyOf(seen);
  }

  /** The id of every command that was run, in order. */
  public List<String> ran() {
    return List.copyOf(ran);
  }

  private void run() {
    try {
      while (!stopped) {
        for (ConsumerRecord<String, String> entry : consumer.poll(Duration.ofMillis(200))) {
          JsonNode command = JSON.readTree(entry.value());
          String id = command.path("id").asText();
          seen.add(id);
          if (done.add(id)) {
            ran.add(id);
            report(entry.key(), id, "processing", null);
            report(entry.key(), id, "completed", command.path("body"));
          }
        }
        producer.flush();
      }
    } catch (WakeupException e) {
      // close() wants us to end.
      stopped = true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      consumer.close();
      producer.close();
    }
  }

  private void report(String account, String id, String status, JsonNode body) {
    ObjectNode value = JSON.createObjectNode().put("id", id).put("status", status);
    if (body != null) {
      value.putObject("result").put("status", 201).set("body", body);
    }
    value.put("time", System.currentTimeMillis());
    producer.send(new ProducerRecord<>(results, account, value.toString()));
  }

  @Override
  public void close() {
    stopped = true;
    consumer.wakeup();
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
