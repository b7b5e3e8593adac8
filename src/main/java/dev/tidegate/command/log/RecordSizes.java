package dev.tidegate.command.log;

import io.vertx.kafka.admin.Config;
import io.vertx.kafka.admin.ConfigEntry;
import io.vertx.kafka.admin.KafkaAdminClient;
import io.vertx.kafka.client.common.ConfigResource;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How large a record each topic takes, as its brokers say; what they do not say they refuse
 * themselves. For one event loop.
 */
final class RecordSizes {
  private static final Logger log = LoggerFactory.getLogger(RecordSizes.class);
  private static final String LIMIT = "max.message.bytes";

  /** What a batch of one record has around its key and value, at most. */
  private static final int AROUND = 100;

  private static final long AGAIN = TimeUnit.SECONDS.toNanos(5);

  private final KafkaAdminClient admin;
  private final LongSupplier nanos;
  private final Map<String, Integer> limits = new HashMap<>();
  private final Map<String, Long> asked = new HashMap<>();

  RecordSizes(KafkaAdminClient admin, LongSupplier nanos) {
    this.admin = admin;
    this.nanos = nanos;
  }

  /** Bytes that the topic counts. */
  static long of(String key, byte[] value) {
    return (long) AROUND + key.getBytes(StandardCharsets.UTF_8).length + value.length;
  }

  int limit(String topic) {
    return limits.getOrDefault(topic, Integer.MAX_VALUE);
  }

  /** A record was too large; but somebody may have raised the limit since it was asked for. */
  void doubt(String topic) {
    if (nanos.getAsLong() - asked.getOrDefault(topic, 0L) > AGAIN) {
      learn(topic);
    }
  }

  void learn(String topic) {
    asked.put(topic, nanos.getAsLong());
    admin
        .describeConfigs(
            List.of(
                new ConfigResource(
                    org.apache.kafka.common.config.ConfigResource.Type.TOPIC, topic)))
        .onSuccess(configs -> configs.values().forEach(config -> note(topic, config)))
        .onFailure(
            e ->
                log.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("cause", e.toString())
                    .log("it is not known how large a record the topic takes"));
  }

  private void note(String topic, Config config) {
    for (ConfigEntry entry : config.getEntries()) {
      if (entry.getName().equals(LIMIT)) {
        limits.put(topic, Integer.parseInt(entry.getValue()));
      }
    }
  }
}
