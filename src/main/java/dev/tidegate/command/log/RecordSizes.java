package dev.tidegate.command.log;

import io.vertx.kafka.admin.Config;
import io.vertx.kafka.admin.ConfigEntry;
import io.vertx.kafka.admin.KafkaAdminClient;
import io.vertx.kafka.client.common.ConfigResource;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  private final KafkaAdminClient admin;
  private final Map<String, Integer> limits = new HashMap<>();

  RecordSizes(KafkaAdminClient admin) {
    this.admin = admin;
  }

  /** Bytes that the topic counts. */
  static long of(String key, byte[] value) {
    return (long) AROUND + key.getBytes(StandardCharsets.UTF_8).length + value.length;
  }

  int limit(String topic) {
    return limits.getOrDefault(topic, Integer.MAX_VALUE);
  }

  void learn(String topic) {
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
