package dev.tidegate.market;

import static dev.tidegate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Candle;
import dev.tidegate.bus.Markets.CatchUp;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.bus.Markets.Update;
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
import org.junit.jupiter.api.Test;

/** A node that starts where a topic already holds an hour of the market. */
class BacklogIT {
  private static final String TOPIC = "market.updates";
  private static final String SYMBOL = "BTC-USD";
  private static final long HOUR_MICROS = 3_600_000_000L;

  private final KafkaBroker broker = KafkaBroker.start();
  private final Map<String, String> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
  private final LocalMarket market = market();
  private final KafkaProducer<String, byte[]> producer =
      new KafkaProducer<>(new HashMap<>(kafka), new StringSerializer(), new ByteArraySerializer());

  private LocalMarket market() {
    try {
      return new LocalMarket(Settings.of(MarketConfig.class, "{feed: kafka, shards: 1}"), kafka);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void stop() throws Exception {
    market.close();
    producer.close();
    broker.close();
  }

  @Test
  void nothingOfItIsPushedAndItsBookIsDelayedUntilThePresentComes() throws Exception {
    broker.createTopic(TOPIC, 1);
    long from = micros() - HOUR_MICROS;
    send(from, new Snapshot(List.of(level("1", "1")), List.of(level("9", "1"))));
    for (int i = 0; i < 6_000; i++) {
      send(from + i, i % 2 == 0 ? trade(i) : new Delta(List.of(level("2", "" + i)), List.of()));
    }
    producer.flush();
    market.deploy(1);
    await(() -> !market.directories.isEmpty());
    await(() -> market.delays.stream().anyMatch(d -> !d.delayed().isEmpty()));
    assertThat(market.total()).isZero();
    SymbolState state = market.ask(new CatchUp(0, SYMBOL, null, 0)).state();
    assertThat(state.book().bids()).containsExactly(level("2", "5999"), level("1", "1"));
    assertThat(state.tradeSeq()).isEqualTo(3_000);

    send(micros(), new Delta(List.of(level("3", "1")), List.of()));
    producer.flush();
    await(() -> market.total() == 1);
    Update pushed = last();
    assertThat(pushed.channel()).isEqualTo(Channel.BOOK);
    assertThat(pushed.seq()).isEqualTo(state.bookSeq() + 1);
    await(() -> market.delays.stream().reduce((a, b) -> b).orElseThrow().delayed().isEmpty());
  }

  @Test
  void aTradeFromTheFutureHoldsNoBarUp() throws Exception {
    broker.createTopic(TOPIC, 1);
    market.deploy(1);
    await(() -> !market.directories.isEmpty());
    long now = micros();
    send(now + HOUR_MICROS, trade(1));
    send(now / 1_000, trade(2));
    send(now, trade(3));
    producer.flush();
    await(() -> bar() != null && bar().trades() == 3);
    assertThat(bar().start()).isBetween(now - HOUR_MICROS - 1, micros());
    double future =
        market
            .meters
            .get("tidegate.market.records.retimed")
            .tag("reason", "future")
            .counter()
            .count();
    assertThat(future).isEqualTo(1);
  }

  /** The last state of the bar of an hour. */
  private Candle bar() {
    return market.batches.get(0).stream()
        .flatMap(batch -> batch.updates().stream())
        .map(Update::event)
        .filter(event -> event instanceof Candle bar && bar.interval().equals("1h"))
        .map(event -> (Candle) event)
        .reduce((a, b) -> b)
        .orElse(null);
  }

  private Update last() {
    return market.batches.get(0).stream()
        .flatMap(batch -> batch.updates().stream())
        .reduce((a, b) -> b)
        .orElseThrow();
  }

  private void send(long time, Event event) {
    byte[] record = RecordWriter.write(new FeedRecord(SYMBOL, time, event));
    producer.send(new ProducerRecord<>(TOPIC, SYMBOL, record));
  }

  private static Trade trade(int id) {
    return new Trade("t" + id, Decimal.of("5"), Decimal.of("1"), Side.BUY);
  }

  private static Level level(String price, String size) {
    return new Level(Decimal.of(price), Decimal.of(size));
  }

  private static long micros() {
    return System.currentTimeMillis() * 1000;
  }
}
