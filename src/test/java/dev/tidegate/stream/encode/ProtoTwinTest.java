package dev.tidegate.stream.encode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidegate.bus.Announcements.Announcement;
import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Candle;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.Status;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.stream.fanout.Fanout;
import dev.tidegate.stream.fanout.Pictures;
import dev.tidegate.stream.fanout.Pressure;
import dev.tidegate.stream.observe.StreamMeters;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.shard.Instrument;
import dev.tidegate.stream.shard.Kept;
import dev.tidegate.stream.topic.BookTopic;
import dev.tidegate.stream.topic.Topic;
import dev.tidegate.testing.Twin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever a topic says, it says the same in Protobuf, read by another library, as in JSON. */
class ProtoTwinTest {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS);
  private static final String SYMBOL = "Bücher-€";
  private static final List<Op.Key> KEYS =
      List.of(
          new Op.Key("book", Channel.BOOK, SYMBOL, 0, ""),
          new Op.Key("book", Channel.BOOK, SYMBOL, 5, ""),
          new Op.Key("trades", Channel.TRADES, SYMBOL, 0, ""),
          new Op.Key("ticker", Channel.TICKER, SYMBOL, 0, ""),
          new Op.Key("candles", Channel.CANDLES, SYMBOL, 0, "1m"),
          new Op.Key("status", Channel.STATUS, SYMBOL, 0, ""));

  @Property(tries = 300)
  void everyMessageIsTheSameInBoth(@ForAll long seed) {
    Dice dice = new Dice(new Random(seed));
    World world = new World();
    Op.Key key = KEYS.get(dice.random.nextInt(KEYS.size()));
    Topic topic = world.instrument.topic(key);
    long start = topic.version;
    for (int i = dice.random.nextInt(30); i >= 0; i--) {
      world.say(key.market(), dice.event(key.market()));
      if (dice.random.nextInt(5) == 0) {
        boolean meta = dice.random.nextBoolean();
        boolean checksum = dice.random.nextBoolean();
        Shape json = new Shape(100, 1, meta, checksum, false, Codec.JSON);
        Shape proto = new Shape(100, 1, meta, checksum, false, Codec.PROTO);
        int size = topic.ring.size();
        int from = size == 0 ? 0 : dice.random.nextInt(size);
        boolean each = dice.random.nextBoolean();
        if (size > 0 && topic.version > start) {
          same(json, proto, (shape, out) -> topic.write(from, each, shape, out));
        }
        same(json, proto, topic::snapshot);
        if (topic instanceof BookTopic book && size > 0) {
          same(json, proto, book::fresh);
          same(
              json,
              proto,
              (shape, out) -> book.resume(from, book.ring.at(from).prevSeq, shape, out));
        }
      }
    }
  }

  @Example
  void aStatusSaysAllThatItHas() {
    Announcement announced = new Announcement("a1", "*", "maintenance", "ü", 7, 8, 9, false);
    Status status =
        new Status("delayed", "why", List.of(Channel.BOOK, Channel.TRADES), 5, List.of(announced));
    Subject subject = new Subject(Channel.STATUS, SYMBOL, 0, "");
    Shape json = new Shape(0, 1, false, false, false, Codec.JSON);
    Shape proto = new Shape(0, 1, false, false, false, Codec.PROTO);
    same(
        json,
        proto,
        (shape, out) -> {
          int opened = shape.codec().messages.open(out);
          shape.codec().messages.latest(subject, "e", 2, 1_700_000_000_000_000L, status, out);
          shape.codec().messages.close(opened, out);
        });
  }

  private interface Says {
    void write(Shape shape, Text out);
  }

  private static void same(Shape json, Shape proto, Says says) {
    JsonNode expected = read(bytes(json, says));
    JsonNode twin = Twin.of(bytes(proto, says));
    for (int i = 0; i < expected.size(); i++) {
      if (expected.get(i).has("age")) {
        long apart = twin.get(i).get("age").longValue() - expected.get(i).get("age").longValue();
        assertThat(Math.abs(apart)).as("ages, looked at one after the other").isLessThan(5_000_000);
        ((ObjectNode) twin.get(i)).set("age", expected.get(i).get("age"));
      }
      zeros(expected.get(i).path("bids"));
      zeros(expected.get(i).path("asks"));
    }
    assertThat(twin).isEqualTo(expected);
  }

  /** A size of zero is a removal, however many digits it has. */
  private static void zeros(JsonNode levels) {
    for (JsonNode level : levels) {
      if (Decimal.of(level.get(1).textValue()).isZero()) {
        ((ArrayNode) level).set(1, "0");
      }
    }
  }

  private static byte[] bytes(Shape shape, Says says) {
    Text out = new Text(16);
    Messages messages = shape.codec().messages;
    messages.begin(out);
    says.write(shape, out);
    messages.end(out);
    return out.copyFrom(0);
  }

  private static JsonNode read(byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class World {
    final Instrument instrument;
    final Map<Channel, Long> seqs = new HashMap<>();
    long shardSeq = 1;

    World() {
      Fanout fanout =
          new Fanout(
              new SteppedLoop(),
              new Frames(UnpooledByteBufAllocator.DEFAULT, 1),
              new Pressure(false),
              new StreamMeters(new SimpleMeterRegistry(), 0, System::nanoTime),
              Pictures.Sizes.parts(256 * 1024));
      int[] ids = {0};
      instrument = new Instrument(SYMBOL, new Kept(20_000, 2_000), () -> ++ids[0], fanout);
      Snapshot empty = new Snapshot(List.of(), List.of());
      instrument.load(new SymbolState(SYMBOL, 0, "e\"1", 0, 1, 1, empty, 0, List.of()));
      seqs.put(Channel.BOOK, 1L);
    }

    void say(Channel channel, Event event) {
      long seq = seqs.merge(channel, 1L, Long::sum);
      long time = 1_700_000_000_000_000L + shardSeq;
      instrument.accept(shardSeq++, new Update(SYMBOL, channel, seq, time, event));
    }
  }

  private record Dice(Random random) {
    Event event(Channel channel) {
      return switch (channel) {
        case BOOK ->
            random.nextInt(8) == 0
                ? new Snapshot(levels(false), levels(false))
                : new Delta(levels(true), levels(true));
        case TRADES ->
            new Trade(text(), price(), size(), random.nextBoolean() ? Side.BUY : Side.SELL);
        case TICKER ->
            new Ticker(
                maybe(price()), maybe(size()), maybe(price()), maybe(size()), maybe(price()));
        case CANDLES ->
            new Candle(
                "1m",
                60_000_000L * random.nextInt(5),
                price(),
                price(),
                price(),
                price(),
                size(),
                random.nextInt(9),
                random.nextBoolean());
        case STATUS -> new Status(random.nextBoolean() ? "live" : "halted", text());
      };
    }

    private Decimal maybe(Decimal value) {
      return random.nextInt(4) == 0 ? null : value;
    }

    private List<Level> levels(boolean removing) {
      Level[] levels = new Level[random.nextInt(12)];
      Arrays.setAll(
          levels,
          i ->
              new Level(price(), removing && random.nextInt(3) == 0 ? Decimal.of(zero()) : size()));
      return List.of(levels);
    }

    private String zero() {
      return random.nextBoolean() ? "0" : "0.00000000";
    }

    private Decimal price() {
      return switch (random.nextInt(12)) {
        case 0 -> Decimal.of("-" + random.nextInt(1, 1000) + ".50");
        case 1 -> Decimal.of("00" + random.nextInt(1000));
        case 2 -> Decimal.of("." + random.nextInt(1, 1000));
        case 3 -> Decimal.of(random.nextInt(1, 1000) + ".");
        case 4 -> Decimal.of("12345678901234567890123." + random.nextInt(1, 1000));
        case 5 -> Decimal.of("999999999999999999");
        case 6 -> Decimal.of("9999999999999999999");
        case 7 -> Decimal.of("0.000000000000000001");
        case 8 -> Decimal.of(Integer.toString(random.nextInt(1, 100_000)));
        default -> Decimal.of(random.nextInt(1, 100) + "." + random.nextInt(10) + "0");
      };
    }

    private Decimal size() {
      return random.nextInt(6) == 0
          ? price().isNegative() ? Decimal.of("1") : Decimal.of(random.nextInt(1, 9) + ".500")
          : Decimal.of(random.nextInt(1, 50) + "." + random.nextInt(10_000_000, 99_999_999));
    }

    private String text() {
      String[] texts = {"", "a1", "\"\\\n", "grün 🙂", "x".repeat(200)};
      return texts[random.nextInt(texts.length)];
    }
  }
}
