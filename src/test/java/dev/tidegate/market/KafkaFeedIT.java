package dev.tidegate.market;

import static dev.tidegate.market.MarketVerticleIT.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.Batch;
import dev.tidegate.bus.Markets.CatchUp;
import dev.tidegate.bus.Markets.CaughtUp;
import dev.tidegate.bus.Markets.FeedState;
import dev.tidegate.bus.Markets.State;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.market.book.Shard;
import dev.tidegate.market.record.CaptureReader;
import dev.tidegate.market.record.CaptureReaderTest;
import dev.tidegate.market.record.FeedRecord;
import dev.tidegate.market.record.RecordWriter;
import dev.tidegate.market.record.Rejects;
import dev.tidegate.testing.KafkaBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = new Bus(vertx.eventBus());
  private final Map<Integer, Batch> latest = new ConcurrentHashMap<>();
  private final Map<String, Integer> shards = new ConcurrentHashMap<>();
  private final BlockingQueue<FeedState> states = new LinkedBlockingQueue<>();

  @BeforeEach
  void start() throws Exception {
    Codecs.register(vertx.eventBus());
    for (int shard = 0; shard < SHARDS; shard++) {
      bus.hear(Markets.updates(shard), batch -> latest.put(batch.shard(), batch));
    }
    bus.hear(Markets.DIRECTORY, d -> d.symbols().forEach(s -> shards.put(s, d.shard())));
    bus.hear(Markets.FEED_STATE, states::add);
    MarketConfig config =
        new MarketConfig(
            MarketConfig.Source.KAFKA,
            null,
            SHARDS,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    vertx
        .deployVerticle(
            () -> new MarketVerticle(config, kafka, "n1", meters),
            new DeploymentOptions().setInstances(2))
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
    await(() -> latest.size() == SHARDS);
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    broker.close();
  }

  @Test
  void aReplayedCaptureGivesItsBooksAndTheFeedSurvivesTheBroker() throws Exception {
    Path capture = CaptureReaderTest.capture("coinbase");
    final CaptureReplay.Sent sent =
        CaptureReplay.run(capture, kafka, "market.updates", 0, CaptureReplay.Format.PROTOBUF);
    assertThat(sent.rejected()).isZero();
    Shard reference = new Shard(0, Keep.DEFAULT.limits(), () -> 0);
    reference.begin("reference");
    long lines = 0;
    Rejects rejects = new Rejects(new SimpleMeterRegistry(), () -> 0);
    try (CaptureReader reader = CaptureReader.open(capture, rejects)) {
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
    await(() -> states.stream().anyMatch(s -> s.state() == State.DELAYED));
    states.clear();
    broker.restart();
    await(Duration.ofSeconds(30), () -> states.stream().anyMatch(s -> s.state() == State.LIVE));
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
    assertThat(meters.get("tidegate.market.records.rejected").counter().count()).isEqualTo(2);
    assertThat(ask("SKL-USD").state().recent().toString()).contains("last=42");
  }

  private CaughtUp ask(String symbol) throws Exception {
    await(() -> shards.containsKey(symbol));
    int shard = shards.get(symbol);
    return bus.ask(
            Markets.catchUp(shard),
            new CatchUp(shard, symbol, null, 0),
            CaughtUp.class,
            Duration.ofSeconds(5))
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  private long positions() {
    return latest.values().stream().mapToLong(b -> b.source() + 1).sum();
  }

  private Map<Integer, String> epochs() {
    Map<Integer, String> epochs = new HashMap<>();
    latest.forEach((shard, batch) -> epochs.put(shard, batch.epoch()));
    return epochs;
  }
}
