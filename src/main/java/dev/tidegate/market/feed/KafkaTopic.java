package dev.tidegate.market.feed;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * The feed topic as its brokers describe it: how many partitions it has, and which of its name it
 * is, since one that was deleted and made anew has offsets of its own. Only a start makes a missing
 * one. Safe from any thread.
 */
public final class KafkaTopic implements Source {
  private static final long PATIENCE_SECONDS = 10;

  private final Map<String, Object> properties;
  private final String topic;
  private final int wanted;
  private @Nullable Admin admin;
  private boolean closed;

  /**
   * @param wanted partitions of a topic that is made
   */
  public KafkaTopic(Map<String, String> properties, String topic, int wanted) {
    this.properties = new HashMap<>(properties);
    this.topic = topic;
    this.wanted = wanted;
    this.properties.put("default.api.timeout.ms", "8000");
    this.properties.put("request.timeout.ms", "4000");
  }

  @Override
  public synchronized Layout find() throws Exception {
    Layout known = look();
    if (known != null) {
      return known;
    }
    create(admin());
    Layout made = look();
    if (made == null) { // its brokers have not heard of it yet: asked again
      throw new IllegalStateException(missing());
    }
    return made;
  }

  @Override
  public synchronized @Nullable Layout look()
      throws InterruptedException, ExecutionException, TimeoutException {
    try {
      TopicDescription found =
          admin()
              .describeTopics(List.of(topic))
              .allTopicNames()
              .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
              .get(topic);
      return found == null ? null : new Layout(found.partitions().size(), id(found.topicId()));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return null;
      }
      throw e;
    }
  }

  /** Brokers before 2.8 do not name topics. */
  private static String id(@Nullable Uuid id) {
    return id == null || id.equals(Uuid.ZERO_UUID) ? "" : id.toString();
  }

  private Admin admin() {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    Admin known = admin;
    if (known == null) {
      known = Admin.create(properties);
      admin = known;
    }
    return known;
  }

  private void create(Admin by) throws InterruptedException, ExecutionException, TimeoutException {
    NewTopic made = new NewTopic(topic, Optional.of(wanted), Optional.empty());
    try {
      by.createTopics(List.of(made)).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
      throw new ExecutionException("created by another node at this moment", e.getCause());
    }
  }

  @Override
  public String missing() {
    return "the feed topic " + topic + " does not exist";
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (admin != null) {
      admin.close();
      admin = null;
    }
  }
}
