package dev.tidegate.command;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.kafka.admin.KafkaAdminClient;
import io.vertx.kafka.admin.NewTopic;
import io.vertx.kafka.client.producer.KafkaProducer;
import io.vertx.kafka.client.producer.KafkaProducerRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * The log in Kafka: acknowledged by all in-sync replicas, idempotent, in the order of the key. A
 * gate in front turns requests away at once while the cluster is away; a probe finds out when it is
 * back. For one event loop.
 */
final class KafkaCommandLog implements CommandLog {
  private static final long PROBE_WHEN_DOWN = 250;
  private static final long PROBE_WHEN_UP = 1000;
  private static final int TOPIC_ATTEMPTS = 20;

  private final Map<String, String> properties;
  private final KafkaClients clients;
  private final Loop loop;
  private final int partitions;
  private final Gate gate = new Gate("kafka", Gate.State.DOWN);
  private final KafkaProducer<String, byte[]> producer;
  private final KafkaAdminClient admin;
  private final Map<String, Future<Void>> topics = new HashMap<>();
  private final List<Subscription> subscriptions = new ArrayList<>();
  private boolean closed;

  KafkaCommandLog(
      Map<String, String> properties,
      KafkaClients clients,
      Loop loop,
      Duration appendTimeout,
      int partitions) {
    this.properties = properties;
    this.clients = clients;
    this.loop = loop;
    this.partitions = partitions;
    producer = clients.producer(KafkaSettings.producer(properties, appendTimeout));
    producer.exceptionHandler(e -> {}); // each failure reaches its own future
    admin = clients.admin(KafkaSettings.admin(properties));
  }

  /** Succeeds when the first probe is over, whether or not the cluster answered. */
  Future<Void> start(List<String> needed) {
    return probe()
        .compose(up -> Future.join(needed.stream().map(this::ensure).toList()))
        .otherwiseEmpty()
        .mapEmpty();
  }

  @Override
  public Future<Position> append(String topic, String key, byte[] value) {
    if (!gate.tryEnter()) {
      return Future.failedFuture(new LogUnavailable("kafka is down", true));
    }
    return ensure(topic)
        .recover(e -> Future.failedFuture(new LogUnavailable(text(e), true)))
        .compose(v -> producer.send(KafkaProducerRecord.create(topic, key, value)))
        .map(
            sent -> {
              gate.succeeded();
              return new Position(topic, sent.getPartition(), sent.getOffset());
            })
        .recover(e -> Future.failedFuture(failed(e)));
  }

  @Override
  public Subscription consume(
      String group, String topic, Loop on, Function<List<Entry>, Future<Void>> handler) {
    KafkaSubscription subscription =
        new KafkaSubscription(
            clients.consumer(KafkaSettings.consumer(properties, group)), topic, on, handler);
    subscriptions.add(subscription);
    untilEnsured(topic, subscription);
    return subscription;
  }

  @Override
  public Future<Subscription> follow(String topic, Loop on, Consumer<Entry> handler) {
    Map<String, String> all = KafkaSettings.consumer(properties, "tidegate-follower");
    KafkaFollower follower = new KafkaFollower(clients.consumer(all), on, handler);
    subscriptions.add(follower);
    return ensure(topic).compose(v -> follower.start(topic)).map(follower);
  }

  @Override
  public boolean available() {
    return gate.mayEnter();
  }

  @Override
  public String condition() {
    return gate.state().text();
  }

  @Override
  public Future<Void> close() {
    closed = true;
    return Future.join(subscriptions.stream().map(Subscription::close).toList())
        .eventually(() -> producer.close(1000))
        .eventually(() -> admin.close(1000))
        .mapEmpty();
  }

  private LogUnavailable failed(Throwable e) {
    if (e instanceof LogUnavailable unavailable) {
      gate.failed(text(e));
      return unavailable;
    }
    if (e instanceof RecordTooLargeException) {
      gate.answered();
      return new LogUnavailable(text(e), true);
    }
    if (e instanceof RetriableException) {
      gate.failed(text(e));
    } else {
      gate.answered();
    }
    // A record without metadata or room for it was never handed to the sender.
    boolean unsent =
        e instanceof BufferExhaustedException || text(e).contains("not present in metadata");
    return new LogUnavailable(text(e), unsent);
  }

  private void untilEnsured(String topic, KafkaSubscription subscription) {
    if (!closed) {
      ensure(topic)
          .onSuccess(v -> subscription.start())
          .onFailure(e -> loop.after(PROBE_WHEN_DOWN, () -> untilEnsured(topic, subscription)));
    }
  }

  /** The topic exists and the producer knows it, so that no send has to wait for metadata. */
  private Future<Void> ensure(String topic) {
    Future<Void> known = topics.get(topic);
    if (known != null) {
      return known;
    }
    Future<Void> made =
        admin
            .describeTopics(List.of(topic))
            .<Void>mapEmpty()
            .recover(
                missing -> admin.createTopics(List.of(new NewTopic(topic, partitions, (short) -1))))
            .recover(
                e ->
                    e instanceof TopicExistsException
                        ? Future.succeededFuture()
                        : Future.failedFuture(e))
            .compose(v -> warm(topic, TOPIC_ATTEMPTS));
    topics.put(topic, made);
    made.onFailure(e -> topics.remove(topic));
    return made;
  }

  private Future<Void> warm(String topic, int attempts) {
    return producer
        .partitionsFor(topic)
        .<Void>mapEmpty()
        .recover(
            e -> {
              if (attempts <= 1 || closed) {
                return Future.failedFuture(e);
              }
              Promise<Void> later = Promise.promise();
              loop.after(50, later::complete);
              return later.future().compose(v -> warm(topic, attempts - 1));
            });
  }

  private Future<Boolean> probe() {
    if (closed) {
      return Future.succeededFuture(false);
    }
    return admin
        .describeCluster()
        .timeout(PROBE_WHEN_UP, TimeUnit.MILLISECONDS)
        .map(
            cluster -> {
              gate.probed();
              return true;
            })
        .otherwise(
            e -> {
              gate.failed(text(e));
              return false;
            })
        .onComplete(
            done -> {
              boolean down = gate.state() == Gate.State.DOWN;
              loop.after(down ? PROBE_WHEN_DOWN : PROBE_WHEN_UP, this::probe);
            });
  }

  private static String text(Throwable e) {
    return String.valueOf(e.getMessage());
  }
}
