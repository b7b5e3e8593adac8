package dev.tidegate.command.log;

import io.vertx.kafka.admin.KafkaAdminClient;
import io.vertx.kafka.client.consumer.KafkaConsumer;
import io.vertx.kafka.client.producer.KafkaProducer;
import java.util.Map;

/** Makes Vert.x Kafka clients on the loop of the verticle that lends it. */
public interface KafkaClients {
  KafkaProducer<String, byte[]> producer(Map<String, String> properties);

  KafkaConsumer<String, byte[]> consumer(Map<String, String> properties);

  KafkaAdminClient admin(Map<String, String> properties);
}
