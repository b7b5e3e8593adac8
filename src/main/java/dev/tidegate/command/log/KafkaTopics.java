package dev.tidegate.command.log;

import dev.tidegate.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.kafka.admin.KafkaAdminClient;
import io.vertx.kafka.admin.NewTopic;
import io.vertx.kafka.admin.OffsetSpec;
import io.vertx.kafka.client.common.TopicPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics that a log uses: one that is missing when it is first wanted is made, one that is
 * deleted later is not, since what was in it is lost and somebody has to know. For one event loop.
 */
final class KafkaTopics {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaTopics.class);
  private static final Duration WARM = Duration.ofMillis(50);
  private static final int ATTEMPTS = 20;
  private static final int REPLICAS = 3;

  /** A broker that has just started may not know of it yet. */
  private static final int MISSED = 2;

  private static final int REMIND = 60;

  private final KafkaAdminClient admin;
  private final Loop loop;
  private final int partitions;
  private final Function<String, Future<Void>> warming;
  private final Map<String, Future<Void>> known = new HashMap<>();
  private final Map<String, Integer> missed = new HashMap<>();
  private int nodes;
  private boolean closed;

  /**
   * @param warming has the producer learn of the topic, so that no send has to wait for that
   */
  KafkaTopics(
      KafkaAdminClient admin, Loop loop, int partitions, Function<String, Future<Void>> warming) {
    this.admin = admin;
    this.loop = loop;
    this.partitions = partitions;
    this.warming = warming;
  }

  /** How many brokers there are. */
  void nodes(int count) {
    nodes = count;
  }

  void close() {
    closed = true;
  }

  /** The topic exists and the producer knows it. */
  Future<Void> ensure(String topic) {
    if (isMissing(topic)) {
      return Future.failedFuture(new UnknownTopicOrPartitionException(text(topic)));
    }
    Future<Void> before = known.get(topic);
    if (before != null) {
      return before;
    }
    Future<Void> made =
        admin
            .describeTopics(List.of(topic))
            .<Void>mapEmpty()
            .recover(missing -> create(topic))
            .compose(v -> warm(topic, ATTEMPTS));
    known.put(topic, made);
    made.onFailure(e -> known.remove(topic, made));
    return made;
  }

  private Future<Void> create(String topic) {
    return admin
        .createTopics(List.of(made(topic)))
        .recover(
            e ->
                e instanceof TopicExistsException
                    ? Future.succeededFuture()
                    : Future.failedFuture(e))
        .compose(v -> led(topic).otherwiseEmpty());
  }

  /**
   * Its leaders answer: of records that are sent before, a later one may be taken first, and then
   * those before it never are.
   */
  private Future<Void> led(String topic) {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (int i = 0; i < partitions; i++) {
      ends.put(new TopicPartition(topic, i), OffsetSpec.LATEST);
    }
    return admin.listOffsets(ends).mapEmpty();
  }

  private NewTopic made(String topic) {
    return new NewTopic(topic, partitions, (short) Math.max(1, Math.min(REPLICAS, nodes)));
  }

  private Future<Void> warm(String topic, int attempts) {
    return warming
        .apply(topic)
        .recover(
            e -> {
              if (attempts <= 1 || closed) {
                return Future.failedFuture(e);
              }
              Promise<Void> later = Promise.promise();
              loop.after(WARM, later::complete);
              return later.future().compose(v -> warm(topic, attempts - 1));
            });
  }

  /** Looks whether all are still there; says which is not, or null. */
  Future<@Nullable String> look() {
    List<Future<Void>> looks = new ArrayList<>(known.size());
    for (String topic : List.copyOf(known.keySet())) {
      looks.add(look(topic));
    }
    return Future.join(looks).otherwiseEmpty().map(v -> missing());
  }

  private Future<Void> look(String topic) {
    return admin
        .describeTopics(List.of(topic))
        .<Void>map(
            found -> {
              if (isMissing(topic)) {
                known.remove(topic); // another one of its name: nobody knows it yet
              }
              missed.remove(topic);
              return null;
            })
        .onFailure(
            e -> {
              if (isUnknown(e)) {
                int times = missed.merge(topic, 1, Integer::sum);
                if (times == MISSED || times % REMIND == 0) {
                  LOG.atError().addKeyValue("topic", topic).log("topic does not exist any more");
                }
              }
            });
  }

  private static boolean isUnknown(Throwable e) {
    return e instanceof UnknownTopicOrPartitionException
        || e.getCause() instanceof UnknownTopicOrPartitionException;
  }

  private boolean isMissing(String topic) {
    return missed.getOrDefault(topic, 0) >= MISSED;
  }

  private @Nullable String missing() {
    for (String topic : missed.keySet()) {
      if (isMissing(topic)) {
        return text(topic);
      }
    }
    return null;
  }

  private static String text(String topic) {
    return "the topic " + topic + " does not exist";
  }
}
