package dev.tidegate.command.log;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The client properties that acceptance relies on; the operator's own are the base. */
public final class KafkaSettings {
  private static final String STRING = "org.apache.kafka.common.serialization.String";
  private static final String BYTES = "org.apache.kafka.common.serialization.ByteArray";

  private KafkaSettings() {}

  /** Durable and in order, or failed within the timeout. */
  static Map<String, String> producer(Map<String, String> base, Duration appendTimeout) {
    Map<String, String> all = common(base);
    long timeout = appendTimeout.toMillis();
    all.put("key.serializer", STRING + "Serializer");
    all.put("value.serializer", BYTES + "Serializer");
    all.put("acks", "all");
    all.put("enable.idempotence", "true");
    all.put("max.in.flight.requests.per.connection", "5");
    all.put("delivery.timeout.ms", Long.toString(timeout));
    all.put("request.timeout.ms", Long.toString(Math.max(50, timeout - 100)));
    all.put("max.block.ms", Long.toString(Math.max(50, timeout / 4)));
    all.put("max.request.size", Integer.toString(20 << 20));
    all.putIfAbsent("linger.ms", "0");
    all.putIfAbsent("compression.type", "none");
    return all;
  }

  /** Commits by hand, finds a dead member within seconds. */
  static Map<String, String> consumer(Map<String, String> base, String group) {
    Map<String, String> all = common(base);
    all.put("key.deserializer", STRING + "Deserializer");
    all.put("value.deserializer", BYTES + "Deserializer");
    all.put("group.id", group);
    all.put("enable.auto.commit", "false");
    all.put("auto.offset.reset", "earliest");
    all.put("isolation.level", "read_committed");
    all.put("allow.auto.create.topics", "false"); // by the broker's defaults, and nobody would know
    all.putIfAbsent("session.timeout.ms", "6000");
    all.putIfAbsent("heartbeat.interval.ms", "1500");
    all.putIfAbsent("default.api.timeout.ms", "5000");
    all.putIfAbsent("request.timeout.ms", "4000");
    all.putIfAbsent("metadata.max.age.ms", "10000");
    all.putIfAbsent(
        "partition.assignment.strategy",
        "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
    return all;
  }

  /** Answers quickly whether the cluster is there. */
  static Map<String, String> admin(Map<String, String> base) {
    Map<String, String> all = common(base);
    all.put("request.timeout.ms", "1500");
    all.put("default.api.timeout.ms", "2000");
    return all;
  }

  private static Map<String, String> common(Map<String, String> base) {
    Map<String, String> all = new HashMap<>(base);
    all.putIfAbsent("enable.metrics.push", "false");
    all.putIfAbsent("reconnect.backoff.ms", "50");
    all.putIfAbsent("reconnect.backoff.max.ms", "250");
    all.putIfAbsent("socket.connection.setup.timeout.ms", "1000");
    all.putIfAbsent("socket.connection.setup.timeout.max.ms", "2000");
    return all;
  }
}
