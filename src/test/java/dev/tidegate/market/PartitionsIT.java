package dev.tidegate.market;

import static dev.tidegate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Listing;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.config.Settings;
import dev.tidegate.market.record.FeedRecord;
import dev.tidegate.market.record.RecordWriter;
import dev.tidegate.testing.KafkaBroker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Topics whose partitions are not what they were, or not what they should be. */
class PartitionsIT {
  private static final String TOPIC = "market.updates";

  private final KafkaBroker broker = KafkaBroker.start();
  private final Map<String, String> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
  private final KafkaProducer<String, byte[]> producer =
      new KafkaProducer<>(new HashMap<>(kafka), new StringSerializer(), new ByteArraySerializer());
  private final Listing listing = new Listing(0);
  private LocalMarket market;

  @BeforeEach
  void start() throws Exception {
    market = new LocalMarket(Settings.of(MarketConfig.class, "{feed: kafka, shards: 2}"), kafka);
    market.bus.hear(Markets.DIRECTORY, directory -> listing.hear(directory, System.nanoTime()));
    broker.createTopic(TOPIC, 2);
  }

  @AfterEach
  void stop() throws Exception {
    market.close();
    producer.close();
    broker.close();
  }

  @Test
  void aSymbolOfTwoPartitionsBelongsToOneAndWhatComesByTheOtherIsCounted() throws Exception {
    long now = micros();
    send(1, "X", now, new Snapshot(List.of(), List.of()));
    send(0, "X", now + 1, new Snapshot(List.of(), List.of()));
    send(1, "X", now + 2, trade(1));
    producer.flush();
    market.deploy(2);
    await(() -> listing.contested().contains("X") && Integer.valueOf(0).equals(listing.shard("X")));
    await(() -> gauge("tidegate.market.contested") == 1);
    double before = dropped();
    for (int i = 2; i < 12; i++) {
      send(0, "X", now + i, trade(i));
      send(1, "X", now + i, trade(i));
    }
    producer.flush();
    await(() -> dropped() == before + 10);

    long later = now + 3_000_000;
    send(1, "Y", now, new Snapshot(List.of(), List.of()));
    producer.flush();
    await(() -> Integer.valueOf(1).equals(listing.shard("Y")));
    send(0, "Y", later, new Snapshot(List.of(), List.of()));
    producer.flush();
    await(() -> Integer.valueOf(0).equals(listing.shard("Y")));
    assertThat(dropped()).as("it moved: nothing is lost").isEqualTo(before + 10);
  }

  private double dropped() {
    return market
        .meters
        .get("tidegate.market.records.dropped")
        .tag("reason", "other-shard")
        .counter()
        .count();
  }

  private double gauge(String name) {
    return market.meters.get(name).gauge().value();
  }

  private void send(int partition, String symbol, long time, Event event) {
    byte[] record = RecordWriter.write(new FeedRecord(symbol, time, event));
    producer.send(new ProducerRecord<>(TOPIC, partition, symbol, record));
  }

  private static Trade trade(int id) {
    return new Trade("t" + id, Decimal.of("5"), Decimal.of("1"), Side.BUY);
  }

  private static long micros() {
    return System.currentTimeMillis() * 1000;
  }
}
