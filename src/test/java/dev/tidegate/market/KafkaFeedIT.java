package dev.tidegate.market;

import static dev.tidegate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Batch;
import dev.tidegate.bus.Markets.CatchUp;
import dev.tidegate.bus.Markets.CaughtUp;
import dev.tidegate.bus.Markets.State;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.config.Settings;
import dev.tidegate.market.book.Shard;
import dev.tidegate.market.book.ShardTest;
import dev.tidegate.market.record.CaptureReader;
import dev.tidegate.market.record.CaptureReaderTest;
import dev.tidegate.market.record.FeedRecord;
import dev.tidegate.market.record.RecordWriter;
import dev.tidegate.market.record.Rejects;
import dev.tidegate.market.record.Times;
import dev.tidegate.testing.KafkaBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A capture through a real broker, which is killed and comes back. */
class KafkaFeedIT {
  private static final int SHARDS = 3;

  private final KafkaBroker broker = KafkaBroker.start();
  private final Map<String, String> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
  private LocalMarket market;

  @BeforeEach
  void start() throws Exception {
    MarketConfig config = Settings.of(MarketConfig.class, "{feed: kafka, shards: " + SHARDS + "}");
    market = new LocalMarket(config, kafka);
    market.deploy(2);
    await(() -> market.latest().size() == SHARDS);
  }

  @AfterEach
  void stop() throws Exception {
    market.close();
    broker.close();
  }

  @Test
  void aReplayedCaptureGivesItsBooksAndTheFeedSurvivesTheBroker() throws Exception {
    Path capture = CaptureReaderTest.capture("coinbase");
    final CaptureReplay.Sent sent =
        CaptureReplay.run(capture, kafka, "market.updates", 0, CaptureReplay.Format.PROTOBUF);
    assertThat(sent.rejected()).isZero();
    Shard reference = new Shard(0, ShardTest.BOUNDS, () -> 0, drop -> {});
    reference.begin("reference");
    long lines = 0;
    Rejects rejects = new Rejects(new SimpleMeterRegistry(), () -> 0);
    try (CaptureReader reader =
        CaptureReader.open(capture, rejects, new Times(new SimpleMeterRegistry()))) {
      for (var c = reader.next(); c != null; c = reader.next()) {
        for (FeedRecord record : c.records()) {
          reference.apply(lines++, record);
        }
      }
    }
    assertThat(sent.records()).isEqualTo(lines);
    await(() -> positions() == sent.records());
    for (String symbol : reference.symbols()) {
      CaughtUp have = ask(symbol);
      assertThat(have.state().book()).as(symbol).isEqualTo(reference.state(symbol).book());
      assertThat(have.state().tradeSeq()).isEqualTo(reference.state(symbol).tradeSeq());
    }

    final Map<Integer, String> epochs = epochs();
    broker.kill();
    await(() -> market.states.stream().anyMatch(s -> s.state() == State.DELAYED));
    market.states.clear();
    broker.restart();
    await(
        Duration.ofSeconds(30),
        () -> market.states.stream().anyMatch(s -> s.state() == State.LIVE));
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            new HashMap<>(kafka), new StringSerializer(), new ByteArraySerializer())) {
      for (String rubbish : List.of("{\"type\":\"nonsense\"", "neither the one nor the other")) {
        byte[] bytes = rubbish.getBytes(StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>("market.updates", "SKL-USD", bytes)).get();
      }
      Ticker last = new Ticker(null, null, null, null, Decimal.of("42"));
      byte[] ticker = RecordWriter.write(new FeedRecord("SKL-USD", 5, last));
      producer.send(new ProducerRecord<>("market.updates", "SKL-USD", ticker)).get();
    }
    await(() -> positions() == sent.records() + 3);
    assertThat(epochs()).isEqualTo(epochs);
    assertThat(market.meters.get("tidegate.market.records.rejected").counter().count())
        .isEqualTo(2);
    assertThat(ask("SKL-USD").state().recent().toString()).contains("last=42");
  }

  private CaughtUp ask(String symbol) throws Exception {
    AtomicInteger shard = new AtomicInteger(-1);
    await(
        () -> {
          market.directories.stream()
              .filter(directory -> directory.symbols().contains(symbol))
              .forEach(directory -> shard.set(directory.shard()));
          return shard.get() >= 0;
        });
    return market.ask(new CatchUp(shard.get(), symbol, null, 0));
  }

  private long positions() {
    return market.latest().stream().mapToLong(b -> b.source() + 1).sum();
  }

  private Map<Integer, String> epochs() {
    return market.latest().stream().collect(Collectors.toMap(Batch::shard, Batch::epoch));
  }
}
