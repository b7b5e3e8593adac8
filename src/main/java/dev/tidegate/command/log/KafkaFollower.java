package dev.tidegate.command.log;

import dev.tidegate.command.log.CommandLog.Position;
import dev.tidegate.loop.Latch;
import dev.tidegate.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.kafka.client.common.TopicPartition;
import io.vertx.kafka.client.consumer.KafkaConsumer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads a whole topic and goes on, without a group. For one event loop. */
public final class KafkaFollower implements CommandLog.Subscription {
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration RETRY = Duration.ofMillis(250);
  private static final Duration LOOK = Duration.ofSeconds(5);

  private final KafkaConsumer<String, byte[]> consumer;
  private final Loop loop;
  private final Consumer<LogRecord> handler;
  private final Map<TopicPartition, Long> missing = new HashMap<>();
  private final Promise<Void> caughtUp = Promise.promise();
  private final Latch polling;
  private Set<TopicPartition> assigned = Set.of();
  private long lookedAt;
  private boolean closed;

  KafkaFollower(KafkaConsumer<String, byte[]> consumer, Loop loop, Consumer<LogRecord> handler) {
    this.consumer = consumer;
    this.loop = loop;
    this.handler = handler;
    this.polling = new Latch(loop, "following a topic", this::poll);
    consumer.exceptionHandler(e -> {}); // each failure reaches its own future
  }

  Future<Void> start(String topic) {
    return partitions(topic)
        .compose(all -> assign(all).compose(v -> ends(all)))
        .compose(
            v -> {
              polling.ask();
              return caughtUp.future();
            });
  }

  private Future<Set<TopicPartition>> partitions(String topic) {
    return consumer
        .partitionsFor(topic)
        .map(
            infos ->
                infos.stream()
                    .map(info -> new TopicPartition(topic, info.getPartition()))
                    .collect(Collectors.toSet()));
  }

  private Future<Void> assign(Set<TopicPartition> all) {
    lookedAt = loop.nanos();
    assigned = all;
    return consumer.assign(all);
  }

  /** Now and then: there may be partitions that were not there before. */
  private Future<Void> look() {
    String topic = assigned.isEmpty() ? "" : assigned.iterator().next().getTopic();
    if (topic.isEmpty() || loop.nanos() - lookedAt < LOOK.toNanos()) {
      return Future.succeededFuture();
    }
    lookedAt = loop.nanos();
    return partitions(topic)
        .compose(
            all -> {
              Set<TopicPartition> added = new HashSet<>(all);
              added.removeAll(assigned);
              return added.isEmpty()
                  ? Future.succeededFuture()
                  : assign(all).compose(v -> consumer.seekToBeginning(added));
            });
  }

  @Override
  public Future<Void> close() {
    closed = true;
    return consumer.close();
  }

  private Future<Void> ends(Set<TopicPartition> all) {
    return consumer
        .seekToBeginning(all)
        .compose(v -> consumer.beginningOffsets(all))
        .compose(
            begins ->
                consumer
                    .endOffsets(all)
                    .map(
                        ends -> {
                          missing.putAll(ends);
                          missing
                              .entrySet()
                              .removeIf(e -> e.getValue().equals(begins.get(e.getKey())));
                          return null;
                        }));
  }

  private void poll() {
    if (missing.isEmpty()) {
      caughtUp.tryComplete();
    }
    if (closed) {
      return;
    }
    look()
        .compose(v -> consumer.poll(POLL))
        .map(
            polled -> {
              polled.records().forEach(this::show);
              return polled;
            })
        .onSuccess(polled -> polling.ask())
        .onFailure(e -> loop.after(RETRY, polling::ask));
  }

  private void show(ConsumerRecord<String, byte[]> r) {
    Position at = new Position(r.topic(), r.partition(), r.offset());
    handler.accept(new LogRecord(at, r.key(), r.value() == null ? new byte[0] : r.value()));
    missing.computeIfPresent(
        new TopicPartition(r.topic(), r.partition()),
        (partition, end) -> r.offset() + 1 >= end ? null : end);
  }
}
