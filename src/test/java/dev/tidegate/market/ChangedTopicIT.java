package dev.tidegate.market;

import static dev.tidegate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Listing;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.CatchUp;
import dev.tidegate.bus.Markets.FeedState;
import dev.tidegate.bus.Markets.State;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.config.Settings;
import dev.tidegate.market.record.FeedRecord;
import dev.tidegate.market.record.RecordWriter;
import dev.tidegate.testing.KafkaBroker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The feed topic gets more partitions, is deleted, and made anew with more or fewer. */
class ChangedTopicIT {
  private static final String TOPIC = "market.updates";

  private final KafkaBroker broker = KafkaBroker.start();
  private final Map<String, String> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
  private final Admin admin = Admin.create(new HashMap<>(kafka));
  private final Listing listing = new Listing(0);
  private final Map<Integer, String> epochs = new ConcurrentHashMap<>();
  private final Map<Integer, FeedState> feeds = new ConcurrentHashMap<>();
  private LocalMarket market;

  @BeforeEach
  void start() throws Exception {
    broker.createTopic(TOPIC, 2);
    market = new LocalMarket(Settings.of(MarketConfig.class, "{feed: kafka, shards: 2}"), kafka);
    market.bus.hear(
        Markets.DIRECTORY,
        directory -> {
          listing.hear(directory, System.nanoTime());
          epochs.put(directory.shard(), directory.epoch());
        });
    market.bus.hear(Markets.FEED_STATE, state -> feeds.put(state.shard(), state));
    market.deploy(2);
    await(() -> epochs.keySet().equals(Set.of(0, 1)));
  }

  @AfterEach
  void stop() throws Exception {
    market.close();
    admin.close();
    broker.close();
  }

  @Test
  void whateverBecomesOfTheTopicEveryPartitionIsReadAndNothingOldIsTakenForNew() throws Exception {
    send(0, 20);
    send(1, 20);
    await(() -> last(0) == 19 && last(1) == 19);
    final Map<Integer, String> before = Map.copyOf(epochs);

    admin.createPartitions(Map.of(TOPIC, NewPartitions.increaseTo(4))).all().get();
    send(3, 5);
    await(Duration.ofSeconds(10), () -> Integer.valueOf(3).equals(listing.shard("S3")));
    await(() -> last(3) == 4);
    assertThat(epochs).as("what was there goes on").containsAllEntriesOf(before);

    admin.deleteTopics(List.of(TOPIC)).all().get();
    await(
        Duration.ofSeconds(10),
        () ->
            feeds.size() == 4
                && feeds.values().stream()
                    .allMatch(
                        said -> said.state() == State.DELAYED && said.detail().contains(TOPIC)));
    assertThat(gauge()).isEqualTo(1);
    assertThat(admin.listTopics().names().get()).as("made by nobody").doesNotContain(TOPIC);

    broker.createTopic(TOPIC, 3);
    send(0, 50);
    send(2, 5);
    await(() -> last(0) == 49 && last(2) == 4);
    await(() -> feeds.get(0).state() == State.LIVE);
    assertThat(gauge()).isZero();
    assertThat(epochs.get(0)).isNotEqualTo(before.get(0));
    assertThat(epochs.get(1)).isNotEqualTo(before.get(1));
    final String second = epochs.get(0);

    admin.deleteTopics(List.of(TOPIC)).all().get();
    broker.createTopic(TOPIC, 3);
    send(0, 90);
    await(() -> last(0) == 89 && !epochs.get(0).equals(second));
    await(
        "what the topic has no longer is listed no longer",
        () -> {
          listing.check(System.nanoTime());
          return listing.shard("S3") == null && listing.shard("S1") == null;
        });
    assertThat(listing.complete()).isTrue();
  }

  private double gauge() {
    return market.meters.get("tidegate.market.source.missing").gauge().value();
  }

  /** The last price of the shard's symbol, -1 while there is none. */
  private long last(int shard) throws Exception {
    if (!Integer.valueOf(shard).equals(listing.shard("S" + shard))) {
      return -1;
    }
    var state = market.ask(new CatchUp(shard, "S" + shard, null, 0)).state();
    if (state == null || state.recent().isEmpty()) {
      return -1;
    }
    return state.recent().getLast().event() instanceof Ticker ticker && ticker.last() != null
        ? Long.parseLong(ticker.last().toString())
        : -1;
  }

  private void send(int partition, int count) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            new HashMap<>(kafka), new StringSerializer(), new ByteArraySerializer())) {
      Deque<java.util.concurrent.Future<?>> sent = new ArrayDeque<>();
      for (int i = 0; i < count; i++) {
        Ticker ticker = new Ticker(null, null, null, null, Decimal.of(Integer.toString(i)));
        String symbol = "S" + partition;
        long now = System.currentTimeMillis() * 1000;
        byte[] record = RecordWriter.write(new FeedRecord(symbol, now, ticker));
        sent.add(producer.send(new ProducerRecord<>(TOPIC, partition, symbol, record)));
      }
      for (java.util.concurrent.Future<?> each : sent) {
        each.get();
      }
    }
  }
}
