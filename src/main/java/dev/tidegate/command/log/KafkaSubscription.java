package dev.tidegate.command.log;

import dev.tidegate.command.Loop;
import dev.tidegate.command.log.CommandLog.Entry;
import dev.tidegate.command.log.CommandLog.Position;
import io.vertx.core.Future;
import io.vertx.kafka.client.common.TopicPartition;
import io.vertx.kafka.client.consumer.KafkaConsumer;
import io.vertx.kafka.client.consumer.OffsetAndMetadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls, hands over, commits, and polls again. A batch that cannot be handled is kept and retried;
 * when that takes so long that the group gives the partitions to somebody else, the batch comes
 * again there. For one event loop.
 */
public final class KafkaSubscription implements CommandLog.Subscription {
  private static final Logger log = LoggerFactory.getLogger(KafkaSubscription.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final long RETRY_MILLIS = 250;

  private final KafkaConsumer<String, byte[]> consumer;
  private final String topic;
  private final Loop loop;
  private final Function<List<Entry>, Future<Void>> handler;
  private boolean started;
  private boolean closed;

  KafkaSubscription(
      KafkaConsumer<String, byte[]> consumer,
      String topic,
      Loop loop,
      Function<List<Entry>, Future<Void>> handler) {
    this.consumer = consumer;
    this.topic = topic;
    this.loop = loop;
    this.handler = handler;
    consumer.exceptionHandler(e -> {}); // each failure reaches its own future
  }

  void start() {
    if (started || closed) {
      return;
    }
    started = true;
    consumer.subscribe(topic).onSuccess(v -> poll()).onFailure(e -> retry("subscribe", e));
  }

  @Override
  public Future<Void> close() {
    closed = true;
    return consumer.close();
  }

  private void poll() {
    if (!closed) {
      consumer
          .poll(POLL)
          .onSuccess(polled -> handle(polled.records()))
          .onFailure(e -> retry("poll", e));
    }
  }

  private void retry(String what, Throwable e) {
    if (!closed) {
      log.atWarn()
          .addKeyValue("topic", topic)
          .addKeyValue("step", what)
          .addKeyValue("cause", e.toString())
          .log("consumer failed, will go on");
      loop.after(RETRY_MILLIS, this::poll);
    }
  }

  private void handle(ConsumerRecords<String, byte[]> records) {
    if (records.isEmpty()) {
      poll();
      return;
    }
    List<Entry> batch = new ArrayList<>(records.count());
    Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
    for (ConsumerRecord<String, byte[]> r : records) {
      Position at = new Position(r.topic(), r.partition(), r.offset());
      batch.add(new Entry(at, r.key(), r.value() == null ? new byte[0] : r.value()));
      ends.put(
          new TopicPartition(r.topic(), r.partition()), new OffsetAndMetadata(r.offset() + 1, ""));
    }
    attempt(batch, ends);
  }

  private void attempt(List<Entry> batch, Map<TopicPartition, OffsetAndMetadata> ends) {
    if (closed) {
      return;
    }
    Future<Void> handled;
    try {
      handled = handler.apply(batch);
    } catch (RuntimeException e) {
      handled = Future.failedFuture(e);
    }
    handled.onComplete(
        done -> commit(ends), failure -> loop.after(RETRY_MILLIS, () -> attempt(batch, ends)));
  }

  private void commit(Map<TopicPartition, OffsetAndMetadata> ends) {
    if (closed) {
      return; // a closed consumer that is asked again starts a second thread
    }
    consumer
        .commit(ends)
        .onFailure(
            e ->
                log.atInfo()
                    .addKeyValue("topic", topic)
                    .addKeyValue("cause", e.toString())
                    .log("offsets not committed, records may come again"))
        .onComplete(c -> poll());
  }
}
