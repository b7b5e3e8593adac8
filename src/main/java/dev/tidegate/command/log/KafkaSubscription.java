package dev.tidegate.command.log;

import dev.tidegate.command.log.CommandLog.Position;
import dev.tidegate.loop.Latch;
import dev.tidegate.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
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
final class KafkaSubscription implements CommandLog.Subscription {
  private static final Logger log = LoggerFactory.getLogger(KafkaSubscription.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration RETRY = Duration.ofMillis(250);

  /** Attempts, which is once in a minute. */
  private static final int TOLD_EVERY = 240;

  private final KafkaConsumer<String, byte[]> consumer;
  private final String topic;
  private final Loop loop;
  private final Function<List<LogRecord>, Future<Void>> handler;
  private final Latch polling;
  private boolean started;
  private boolean closed;

  KafkaSubscription(
      KafkaConsumer<String, byte[]> consumer,
      String topic,
      Loop loop,
      Function<List<LogRecord>, Future<Void>> handler) {
    this.consumer = consumer;
    this.topic = topic;
    this.loop = loop;
    this.handler = handler;
    this.polling = new Latch(loop, "polling " + topic, this::poll);
    consumer.exceptionHandler(e -> {}); // each failure reaches its own future
  }

  void start() {
    if (started || closed) {
      return;
    }
    started = true;
    consumer.subscribe(topic).onSuccess(v -> polling.ask()).onFailure(e -> retry("subscribe", e));
  }

  @Override
  public Future<Void> close() {
    closed = true;
    return consumer.close();
  }

  private void poll() {
    if (closed) {
      return; // a closed consumer that is asked again starts a second thread
    }
    consumer
        .poll(POLL)
        .compose(polled -> handle(polled.records()))
        .onSuccess(v -> polling.ask())
        .onFailure(e -> retry("poll", e));
  }

  private void retry(String what, Throwable e) {
    if (!closed) {
      log.atWarn()
          .addKeyValue("topic", topic)
          .addKeyValue("step", what)
          .addKeyValue("cause", e.toString())
          .log("consumer failed, will go on");
      loop.after(RETRY, polling::ask);
    }
  }

  private Future<Void> handle(ConsumerRecords<String, byte[]> records) {
    if (records.isEmpty()) {
      return Future.succeededFuture();
    }
    List<LogRecord> batch = new ArrayList<>(records.count());
    Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
    for (ConsumerRecord<String, byte[]> r : records) {
      Position at = new Position(r.topic(), r.partition(), r.offset());
      batch.add(new LogRecord(at, r.key(), r.value() == null ? new byte[0] : r.value()));
      ends.put(
          new TopicPartition(r.topic(), r.partition()), new OffsetAndMetadata(r.offset() + 1, ""));
    }
    Promise<Void> handled = Promise.promise();
    attempt(batch, handled, 1);
    return handled.future().compose(v -> commit(ends));
  }

  private void attempt(List<LogRecord> batch, Promise<Void> handled, int times) {
    if (closed) {
      return;
    }
    Future.succeededFuture(batch)
        .compose(handler)
        .onSuccess(v -> handled.complete())
        .onFailure(
            e -> {
              if (times % TOLD_EVERY == 0) {
                log.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("from", batch.getFirst().at())
                    .addKeyValue("records", batch.size())
                    .addKeyValue("attempts", times)
                    .addKeyValue("cause", e.toString())
                    .log("a batch waits, will go on");
              }
              loop.after(RETRY, () -> attempt(batch, handled, times + 1));
            });
  }

  private Future<Void> commit(Map<TopicPartition, OffsetAndMetadata> ends) {
    if (closed) {
      return Future.succeededFuture();
    }
    return consumer
        .commit(ends)
        .onFailure(
            e ->
                log.atInfo()
                    .addKeyValue("topic", topic)
                    .addKeyValue("cause", e.toString())
                    .log("offsets not committed, records may come again"))
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }
}
