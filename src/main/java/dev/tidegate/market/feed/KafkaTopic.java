package dev.tidegate.market.feed;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** How many partitions the feed topic has; a missing topic is created. Blocks. */
public final class KafkaTopic {
  private static final long PATIENCE_SECONDS = 10;

  private KafkaTopic() {}

  public static int partitions(Map<String, String> properties, String topic, int otherwise)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<String, Object> all = new HashMap<>(properties);
    all.put("default.api.timeout.ms", "8000");
    all.put("request.timeout.ms", "4000");
    try (Admin admin = Admin.create(all)) {
      try {
        return count(admin, topic);
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
      }
      create(admin, topic, otherwise);
      return otherwise;
    }
  }

  private static int count(Admin admin, String topic)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<String, TopicDescription> found =
        admin
            .describeTopics(List.of(topic))
            .allTopicNames()
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return Objects.requireNonNull(found.get(topic)).partitions().size();
  }

  private static void create(Admin admin, String topic, int partitions)
      throws InterruptedException, ExecutionException, TimeoutException {
    NewTopic wanted = new NewTopic(topic, Optional.of(partitions), Optional.empty());
    try {
      admin.createTopics(List.of(wanted)).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
      throw new ExecutionException("created by another node at this moment", e.getCause());
    }
  }
}
