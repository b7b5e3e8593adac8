package dev.tidegate.market.feed;

import dev.tidegate.market.record.FeedRecord;
import dev.tidegate.market.record.RecordReader;
import dev.tidegate.market.record.Rejects;
import dev.tidegate.market.record.SnapshotParts;
import dev.tidegate.market.record.Times;
import dev.tidegate.market.record.UnreadableRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The feed topic: a shard is a partition, a position is an offset. It reads what it is told to,
 * without a consumer group, because who reads what is decided by the claims; the client connects
 * again by itself when brokers come back.
 */
public final class KafkaFeed implements Feed {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaFeed.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration PROBE = Duration.ofSeconds(1);
  private static final long PROBE_EVERY_MILLIS = 1_000;

  /** How far a reader looks back for the first parts of a snapshot that ends after its place. */
  private static final int BEFORE = 200;

  private record Start(long after, Sink sink, SnapshotParts parts) {}

  private final Map<String, String> properties;
  private final String topic;
  private final @Nullable Duration lookback;
  private final Pump pump;
  private final Rejects rejects;
  private final Times times;
  private final LongSupplier clock;
  private final RecordReader reader = new RecordReader();
  private final Map<Integer, Start> wanted = new ConcurrentHashMap<>();
  private final Map<Integer, Start> reading = new HashMap<>();

  /** Where the partitions ended when their reading began, until it has come so far. */
  private final Map<TopicPartition, Long> ends = new HashMap<>();

  private final Set<TopicPartition> endless = new HashSet<>();
  private final Semaphore change = new Semaphore(0);
  private @Nullable Thread thread;
  private volatile boolean closed;
  private volatile @Nullable String missing;
  private long answeredAt;
  private long endsAskedAt;
  private @Nullable Boolean live;

  /**
   * @param lookback how far back a start reads, or null for all that is kept
   */
  public KafkaFeed(
      Map<String, String> properties,
      String topic,
      @Nullable Duration lookback,
      Pump pump,
      Rejects rejects,
      Times times,
      LongSupplier clock) {
    this.properties = properties;
    this.topic = topic;
    this.lookback = lookback;
    this.pump = pump;
    this.rejects = rejects;
    this.times = times;
    this.clock = clock;
  }

  @Override
  public boolean shared() {
    return true;
  }

  @Override
  public void start(int shard, long after, Sink sink) {
    pump.open(shard, sink);
    wanted.put(shard, new Start(after, sink, new SnapshotParts()));
    if (thread == null) {
      thread = Thread.ofPlatform().daemon().name("market-kafka").start(this::run);
    }
    change.release();
  }

  @Override
  public void stop(int shard) {
    pump.shut(shard);
    wanted.remove(shard);
  }

  @Override
  public void missing(@Nullable String why) {
    missing = why;
  }

  @Override
  public void close() {
    closed = true;
    List.copyOf(wanted.keySet()).forEach(this::stop);
    if (thread != null) {
      thread.interrupt();
    }
  }

  private void run() {
    KafkaConsumer<byte[], byte[]> consumer = consumer();
    try {
      while (!closed) {
        try {
          step(consumer);
        } catch (OffsetOutOfRangeException e) {
          lost(e);
        } catch (InterruptException e) {
          return;
        } catch (KafkaException e) {
          LOG.atWarn().addKeyValue("topic", topic).setCause(e).log("feed cannot be read");
          health(false, "feed cannot be read");
          Thread.sleep(500);
        } catch (RuntimeException e) {
          failed(e);
        }
      }
    } catch (InterruptedException | InterruptException e) {
      LOG.debug("feed closed");
    } finally {
      Thread.interrupted(); // an interrupted thread cannot close the consumer
      consumer.close(CloseOptions.timeout(PROBE));
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> all = new HashMap<>();
    all.put("max.poll.records", "1000");
    all.put("reconnect.backoff.max.ms", "1000");
    all.put("metadata.recovery.strategy", "rebootstrap");
    all.putAll(properties);
    all.put("enable.auto.commit", "false");
    all.put("auto.offset.reset", "none"); // a lost position must not look like a continued one
    all.put("isolation.level", "read_committed");
    // A topic that an operator deletes is not made again by who reads it.
    all.put("allow.auto.create.topics", "false");
    return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private void step(KafkaConsumer<byte[], byte[]> consumer) throws InterruptedException {
    String why = missing;
    if (why != null) {
      pump.tellAll(sink -> sink.health(false, why)); // also whoever starts meanwhile
      live = null;
      change.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS);
      return;
    }
    assign(consumer);
    if (reading.isEmpty()) {
      change.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS);
      return;
    }
    ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
    for (TopicPartition partition : records.partitions()) {
      deliver(partition.partition(), records.records(partition));
    }
    catchUp(consumer);
    if (!records.isEmpty()) {
      answeredAt = clock.getAsLong();
      health(true, "");
    } else if (clock.getAsLong() - answeredAt >= PROBE_EVERY_MILLIS) {
      probe(consumer);
    }
  }

  /** Tells who has what lay in its partition when it began to read. */
  private void catchUp(KafkaConsumer<byte[], byte[]> consumer) throws InterruptedException {
    if (!endless.isEmpty() && clock.getAsLong() - endsAskedAt >= PROBE_EVERY_MILLIS) {
      try {
        ends.putAll(consumer.endOffsets(endless, PROBE));
        endless.clear();
      } catch (TimeoutException e) {
        endsAskedAt = clock.getAsLong(); // a partition without a leader must not hold the others up
      }
    }
    for (Map.Entry<TopicPartition, Long> end : Map.copyOf(ends).entrySet()) {
      TopicPartition partition = end.getKey();
      Start start = reading.get(partition.partition());
      if (start != null && consumer.position(partition, PROBE) >= end.getValue()) {
        ends.remove(partition);
        pump.tell(partition.partition(), start.sink(), Sink::caughtUp);
      }
    }
  }

  /** An idle topic and a dead broker look the same to a poll. */
  private void probe(KafkaConsumer<byte[], byte[]> consumer) throws InterruptedException {
    try {
      consumer.endOffsets(consumer.assignment(), PROBE);
      answeredAt = clock.getAsLong();
      health(true, "");
    } catch (TimeoutException e) {
      health(false, "no answer from the feed's broker");
    }
  }

  private void assign(KafkaConsumer<byte[], byte[]> consumer) {
    Map<Integer, Start> now = Map.copyOf(wanted);
    if (now.equals(reading)) {
      return;
    }
    Set<TopicPartition> partitions = new HashSet<>();
    now.keySet().forEach(p -> partitions.add(new TopicPartition(topic, p)));
    consumer.assign(partitions);
    for (Map.Entry<Integer, Start> each : now.entrySet()) {
      if (!each.getValue().equals(reading.get(each.getKey()))) {
        seek(consumer, new TopicPartition(topic, each.getKey()), each.getValue().after());
        reading.put(each.getKey(), each.getValue());
        endless.add(new TopicPartition(topic, each.getKey()));
        ends.remove(new TopicPartition(topic, each.getKey()));
        endsAskedAt = 0;
        live = null;
      }
    }
    reading.keySet().retainAll(now.keySet());
    endless.retainAll(partitions);
    ends.keySet().retainAll(partitions);
  }

  private void seek(KafkaConsumer<byte[], byte[]> consumer, TopicPartition at, long after) {
    if (after >= 0) {
      long begins = consumer.beginningOffsets(Set.of(at), PROBE).getOrDefault(at, 0L);
      consumer.seek(at, Math.min(after + 1, Math.max(begins, after + 1 - BEFORE)));
      return;
    }
    if (lookback != null) {
      long since = clock.getAsLong() - lookback.toMillis();
      OffsetAndTimestamp found = consumer.offsetsForTimes(Map.of(at, since), PROBE).get(at);
      if (found == null) {
        consumer.seekToEnd(Set.of(at));
      } else {
        consumer.seek(at, found.offset());
      }
      return;
    }
    consumer.seekToBeginning(Set.of(at));
  }

  private void deliver(int shard, List<ConsumerRecord<byte[], byte[]>> records)
      throws InterruptedException {
    Start start = reading.get(shard);
    if (start == null) {
      return;
    }
    List<Positioned> out = new ArrayList<>(records.size());
    for (ConsumerRecord<byte[], byte[]> record : records) {
      FeedRecord read = record.offset() > start.after() ? read(record, start) : null;
      if (read != null) {
        out.add(new Positioned(record.offset(), read));
      } else if (record.offset() <= start.after()) {
        lookBack(record, start);
      }
    }
    long last = records.getLast().offset();
    if (last > start.after()) {
      pump.deliver(shard, start.sink(), out, last);
    }
  }

  /** What the record brings; null when it cannot be read, or more parts are to come. */
  private @Nullable FeedRecord read(ConsumerRecord<byte[], byte[]> record, Start start) {
    try {
      return start.parts().take(times.right(reader.read(value(record)), arrived(record)));
    } catch (IllegalArgumentException e) {
      rejects.add(
          topic + "-" + record.partition(), record.offset(), String.valueOf(e.getMessage()));
      FeedRecord instead = UnreadableRecord.instead(e);
      return instead == null ? null : times.right(instead, arrived(record));
    }
  }

  /** Whoever read the record knew of its snapshot; we need the parts to know it whole. */
  private void lookBack(ConsumerRecord<byte[], byte[]> record, Start start) {
    try {
      start.parts().take(reader.read(value(record)));
    } catch (IllegalArgumentException e) {
      LOG.debug("read before: {}", e.getMessage());
    }
  }

  private static byte[] value(ConsumerRecord<byte[], byte[]> record) {
    byte[] value = record.value();
    if (value == null) {
      throw new IllegalArgumentException("record: no value (expected JSON or Protobuf)");
    }
    return value;
  }

  /**
   * When the topic got the record: the same for whoever reads it, whenever, as the numbering wants.
   * Only where a producer gave it a time that cannot be true either is it the present.
   */
  private long arrived(ConsumerRecord<byte[], byte[]> record) {
    long now = clock.getAsLong() * 1_000;
    long appended = record.timestamp() * 1_000;
    return Times.isTrue(appended, now) ? appended : now;
  }

  private void health(boolean answers, String detail) throws InterruptedException {
    if (live == null || live != answers) {
      live = answers;
      pump.tellAll(sink -> sink.health(answers, detail));
    }
  }

  /** Nobody knows how much of what was polled has been handed over: only a new start is safe. */
  private void failed(RuntimeException e) throws InterruptedException {
    LOG.atError().addKeyValue("topic", topic).setCause(e).log("feed failed");
    for (Map.Entry<Integer, Start> each : Map.copyOf(reading).entrySet()) {
      lost(each.getKey(), "the feed failed");
    }
    Thread.sleep(500);
  }

  private void lost(OffsetOutOfRangeException e) throws InterruptedException {
    for (Map.Entry<TopicPartition, Long> each : e.offsetOutOfRangePartitions().entrySet()) {
      lost(each.getKey().partition(), "offset " + each.getValue() + " is gone");
    }
  }

  private void lost(int shard, String why) throws InterruptedException {
    Start start = reading.remove(shard);
    if (start != null) {
      wanted.remove(shard, start);
      pump.tell(shard, start.sink(), sink -> sink.lost(why));
    }
  }
}
