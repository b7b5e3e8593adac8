package dev.tidegate.command.log;

import dev.tidegate.loop.Latch;
import dev.tidegate.loop.Loop;
import dev.tidegate.net.Gate;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.kafka.admin.KafkaAdminClient;
import io.vertx.kafka.admin.NewTopic;
import io.vertx.kafka.client.producer.KafkaProducer;
import io.vertx.kafka.client.producer.KafkaProducerRecord;
import io.vertx.kafka.client.producer.RecordMetadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
public final class KafkaCommandLog implements CommandLog {
  private static final Duration PROBE_WHEN_DOWN = Duration.ofMillis(250);
  private static final Duration PROBE_WHEN_UP = Duration.ofSeconds(1);
  private static final Duration PROBE_TIMEOUT = Duration.ofMillis(1500);
  private static final Duration WARM = Duration.ofMillis(50);
  private static final int REPLICAS = 3;
  private static final int TOPIC_ATTEMPTS = 20;

  private final Map<String, String> properties;
  private final KafkaClients clients;
  private final Loop loop;
  private final int partitions;
  private final Gate gate = new Gate("kafka", Gate.State.DOWN);
  private final KafkaProducer<String, byte[]> producer;
  private final KafkaAdminClient admin;
  private final RecordSizes sizes;
  private final Offsets offsets;
  private final Map<String, Future<Void>> topics = new HashMap<>();
  private final List<Subscription> subscriptions = new ArrayList<>();
  private final Latch probing;
  private int nodes;
  private long confirmed; // when an append last went well, in the beginning never
  private boolean closed;

  public KafkaCommandLog(
      Map<String, String> properties,
      KafkaClients clients,
      Loop loop,
      Duration appendTimeout,
      int partitions) {
    this.properties = properties;
    this.clients = clients;
    this.loop = loop;
    this.partitions = partitions;
    this.confirmed = loop.nanos() - 1;
    this.probing = new Latch(loop, "probing kafka", this::probe);
    producer = clients.producer(KafkaSettings.producer(properties, appendTimeout));
    producer.exceptionHandler(e -> {}); // each failure reaches its own future
    admin = clients.admin(KafkaSettings.admin(properties));
    sizes = new RecordSizes(admin);
    offsets = new Offsets(admin);
  }

  /** Succeeds when the first probe is over, whether or not the cluster answered. */
  public Future<Void> start(List<String> needed) {
    return probe()
        .compose(v -> Future.join(needed.stream().map(this::ensure).toList()))
        .otherwiseEmpty()
        .mapEmpty();
  }

  @Override
  public Future<Position> append(String topic, String key, byte[] value) {
    if (!gate.tryEnter()) {
      return Future.failedFuture(new LogUnavailable("kafka is down", true));
    }
    return ensure(topic)
        .compose(
            v -> send(topic, key, value), e -> Future.failedFuture(new TopicMissing(e)))
        .map(
            sent -> {
              gate.succeeded();
              confirmed = loop.nanos();
              return new Position(topic, sent.getPartition(), sent.getOffset());
            })
        .recover(e -> Future.failedFuture(failed(e)));
  }

  private Future<RecordMetadata> send(String topic, String key, byte[] value) {
    long size = RecordSizes.of(key, value);
    int limit = sizes.limit(topic);
    return size > limit
        ? Future.failedFuture(
            new RecordTooLarge(size + " bytes (expected at most " + limit + ", as the topic says)"))
        : producer.send(KafkaProducerRecord.create(topic, key, value));
  }

  @Override
  public Subscription consume(
      String group, String topic, Loop on, Function<List<LogRecord>, Future<Void>> handler) {
    KafkaSubscription subscription =
        new KafkaSubscription(
            clients.consumer(KafkaSettings.consumer(properties, group)), topic, on, handler);
    subscriptions.add(subscription);
    untilEnsured(topic, subscription);
    return subscription;
  }

  @Override
  public Future<Subscription> follow(String topic, Loop on, Consumer<LogRecord> handler) {
    Map<String, String> all = KafkaSettings.consumer(properties, "tidegate-follower");
    KafkaFollower follower = new KafkaFollower(clients.consumer(all), on, handler);
    subscriptions.add(follower);
    return ensure(topic).compose(v -> follower.start(topic)).map(follower);
  }

  @Override
  public Future<Map<Integer, Long>> ends(String topic) {
    return offsets.ends(topic);
  }

  @Override
  public Future<Map<Integer, Long>> finished(String group, String topic) {
    return offsets.finished(group, topic);
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

  private RuntimeException failed(Throwable e) {
    if (e instanceof RecordTooLarge || e instanceof RecordTooLargeException) {
      gate.answered();
      return new RecordTooLarge(text(e));
    }
    Throwable cause = e instanceof TopicMissing missing ? missing.getCause() : e;
    if (cause instanceof RetriableException) {
      gate.failed(text(cause));
    } else {
      gate.answered(); // a refusal, from a cluster that is there
    }
    // A record without metadata or room for it was never handed to the sender.
    boolean unsent =
        e instanceof TopicMissing
            || e instanceof BufferExhaustedException
            || text(e).contains("not present in metadata");
    return new LogUnavailable(text(cause), unsent);
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
            .recover(missing -> admin.createTopics(List.of(made(topic))))
            .recover(
                e ->
                    e instanceof TopicExistsException
                        ? Future.succeededFuture()
                        : Future.failedFuture(e))
            .compose(v -> warm(topic, TOPIC_ATTEMPTS))
            .onSuccess(v -> sizes.learn(topic));
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
              loop.after(WARM, later::complete);
              return later.future().compose(v -> warm(topic, attempts - 1));
            });
  }

  private Future<Void> probe() {
    if (closed) {
      return Future.succeededFuture();
    }
    long asked = loop.nanos();
    return admin
        .describeCluster()
        .timeout(PROBE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .<Void>map(
            cluster -> {
              nodes = cluster.getNodes().size();
              gate.probed();
              return null;
            })
        .otherwise(
            e -> {
              if (confirmed - asked < 0) {
                gate.probeFailed(text(e));
              }
              return null;
            })
        .onComplete(
            done -> {
              boolean down = gate.state() == Gate.State.DOWN;
              loop.after(down ? PROBE_WHEN_DOWN : PROBE_WHEN_UP, probing::ask);
            });
  }

  private NewTopic made(String topic) {
    return new NewTopic(topic, partitions, (short) Math.max(1, Math.min(REPLICAS, nodes)));
  }

  private static String text(Throwable e) {
    return String.valueOf(e.getMessage());
  }

  private static final class TopicMissing extends RuntimeException {
    private static final long serialVersionUID = 1;

    TopicMissing(Throwable cause) {
      super(cause);
    }

    @Override
    public synchronized Throwable getCause() {
      return Objects.requireNonNull(super.getCause());
    }
  }
}
