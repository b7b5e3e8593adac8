package dev.tidegate.market.feed;

import static dev.tidegate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.market.feed.Feed.Positioned;
import dev.tidegate.market.record.FeedRecord;
import dev.tidegate.market.record.RecordWriter;
import dev.tidegate.market.record.Rejects;
import dev.tidegate.market.record.SnapshotParts;
import dev.tidegate.market.record.Times;
import dev.tidegate.testing.KafkaBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Snapshots that a topic holds in parts, for whoever begins to read it where another one was. */
class SnapshotPartsIT {
  private static final String TOPIC = "market.updates";

  private final KafkaBroker broker = KafkaBroker.start();
  private final Map<String, String> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
  private final ExecutorService loop = Executors.newSingleThreadExecutor();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Rejects rejects = new Rejects(meters, System::currentTimeMillis);

  @AfterEach
  void stop() {
    loop.shutdownNow();
    broker.close();
  }

  @Test
  void whoTakesOverBetweenThePartsHasTheWholeSnapshot() throws Exception {
    broker.createTopic(TOPIC, 1);
    List<FeedRecord> sent = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      FeedRecord book = new FeedRecord("A", now(), 10 + i, new Snapshot(levels(9_000), levels(3)));
      sent.addAll(SnapshotParts.split(book, 2_000));
      sent.add(ticker("B"));
    }
    sent.add(2, ticker("B"));
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            new HashMap<>(kafka), new StringSerializer(), new ByteArraySerializer())) {
      for (FeedRecord record : sent) {
        producer.send(new ProducerRecord<>(TOPIC, 0, record.symbol(), RecordWriter.write(record)));
      }
    }
    List<Positioned> whole = read(-1, sent.size());
    assertThat(whole).hasSize(7);
    assertThat(((Snapshot) whole.get(1).record().event()).bids()).isEqualTo(levels(9_000));
    for (int after = 0; after < sent.size() - 1; after++) {
      long place = after;
      assertThat(read(after, sent.size()))
          .as("after %d", after)
          .isEqualTo(whole.stream().filter(each -> each.position() > place).toList());
    }
    assertThat(rejects.count()).isZero();
  }

  private List<Positioned> read(long after, int end) throws Exception {
    Pump pump = new Pump(loop);
    List<Positioned> got = new CopyOnWriteArrayList<>();
    List<Long> places = new CopyOnWriteArrayList<>();
    try (KafkaFeed feed =
        new KafkaFeed(
            kafka, TOPIC, null, pump, rejects, new Times(meters), System::currentTimeMillis)) {
      feed.start(0, after, new Places(got, places));
      await(() -> !places.isEmpty() && places.getLast() == end - 1);
    }
    assertThat(places.getFirst()).isGreaterThan(after);
    return got;
  }

  private record Places(List<Positioned> got, List<Long> places) implements Feed.Sink {
    @Override
    public void deliver(List<Positioned> records, long position) {
      got.addAll(records);
      places.add(position);
    }

    @Override
    public void caughtUp() {}

    @Override
    public void health(boolean live, String detail) {}

    @Override
    public void lost(String why) {
      throw new AssertionError(why);
    }
  }

  private static FeedRecord ticker(String symbol) {
    Decimal one = Decimal.of("1");
    return new FeedRecord(symbol, now(), new Ticker(one, one, one, one, one));
  }

  private static List<Level> levels(int count) {
    List<Level> levels = new ArrayList<>(count);
    for (int i = count; i > 0; i--) {
      levels.add(new Level(Decimal.of(Integer.toString(i)), Decimal.of("1.5")));
    }
    return levels;
  }

  private static long now() {
    return System.currentTimeMillis() * 1_000;
  }
}
