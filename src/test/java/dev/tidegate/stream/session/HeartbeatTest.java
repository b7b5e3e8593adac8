package dev.tidegate.stream.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.Candle;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.stream.FakeClient;
import dev.tidegate.stream.FakeMarket;
import dev.tidegate.stream.TestFanout;
import dev.tidegate.stream.encode.Codec;
import dev.tidegate.stream.encode.Tally;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.shard.Instrument;
import dev.tidegate.stream.shard.Kept;
import dev.tidegate.testing.Receipts;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The gateway's count and digest of what it sent are those of a client that got it. */
class HeartbeatTest {
  private static final String SYMBOL = "XBT/€";
  private static final int EVERY = 1_000;

  private final SteppedLoop loop = new SteppedLoop();
  private final TestFanout floor = new TestFanout(loop);
  private final Map<Channel, Long> seqs = new EnumMap<>(Channel.class);
  private final Random random = new Random(7);
  private final FakeClient client = new FakeClient(false);
  private int ids;
  private long shardSeq;
  private final Instrument instrument =
      new Instrument(SYMBOL, new Kept(20_000, 2_000), () -> ++ids, floor.fanout);

  @AfterEach
  void stop() {
    client.discard();
    floor.fanout.close();
  }

  private void load(String epoch) {
    seqs.clear();
    Snapshot book =
        new Snapshot(List.of(FakeMarket.level("7", "1")), List.of(FakeMarket.level("8", "1")));
    seqs.put(Channel.BOOK, 1L);
    shardSeq = 0;
    instrument.doubt(0);
    instrument.load(new SymbolState(SYMBOL, 0, epoch, 0, 1, 1, book, 0, List.of()));
    loop.turn();
  }

  private void update() {
    int i = random.nextInt(1_000);
    Decimal price = Decimal.of("7." + i);
    Event event =
        switch (random.nextInt(6)) {
          case 0 -> FakeMarket.bid("6", String.valueOf(i));
          case 1 -> FakeMarket.trade("t" + i);
          case 2 -> FakeMarket.ticker("7." + i);
          case 3 ->
              new Candle(
                  "1m", loop.millis() / 60_000, price, price, price, price, price, i, i % 9 == 0);
          case 4 -> new Markets.Status(i % 2 == 0 ? "live" : "halted", "detail " + i);
          default -> FakeMarket.bid("5", i % 3 == 0 ? "0" : String.valueOf(i));
        };
    Channel channel = event.channel();
    long seq = seqs.merge(channel, 1L, Long::sum);
    instrument.accept(
        shardSeq++, new Update(SYMBOL, channel, seq, loop.millis() * 1_000, event, -1));
  }

  private Session session(Codec codec) {
    return floor.session(client, codec, false);
  }

  private Subscription follow(Session session, Op.Key key, int window, boolean extras) {
    Op.Wanted wanted = new Op.Wanted(key, window, extras, extras, null);
    Subscription subscription = session.subscribed(key, new Subscription(wanted, false));
    subscription.instrument = instrument;
    session.place(Joining.attach(session, subscription, floor.fanout));
    session.again();
    loop.turn();
    return subscription;
  }

  private static Op.Key key(Channel channel, int depth) {
    String interval = channel == Channel.CANDLES ? "1m" : "";
    return new Op.Key(channel.text(), channel, SYMBOL, depth, interval);
  }

  static Stream<Arguments> ways() {
    List<Op.Key> keys = new ArrayList<>();
    for (Channel channel : Channel.values()) {
      keys.add(key(channel, 0));
    }
    keys.add(key(Channel.BOOK, 5));
    return keys.stream()
        .flatMap(
            key ->
                Stream.of(Codec.values())
                    .flatMap(
                        codec ->
                            Stream.of(0, 250)
                                .flatMap(
                                    window ->
                                        Stream.of(false, true)
                                            .map(more -> Arguments.of(key, codec, window, more)))));
  }

  /** The fake client compares at every heartbeat, so also within a window and across an epoch. */
  @ParameterizedTest
  @MethodSource("ways")
  void countsWhatIsSent(Op.Key key, Codec codec, int window, boolean extras) {
    load("e1");
    Session session = session(codec);
    floor.heartbeats.set(session, new Op.Heartbeat(null, EVERY));
    follow(session, key, window, extras);
    for (int i = 0; i < 400; i++) {
      update();
      if (random.nextInt(3) == 0) {
        loop.advance(random.nextInt(200));
      }
      if (i == 200) {
        load("e2");
      }
    }
    loop.advance(5_000);
    assertThat(client.heartbeats).isGreaterThan(10);
    assertThat(last().path("messages").asLong()).isGreaterThan(20);
    assertThat(last().path("behind").isMissingNode()).isTrue();
  }

  private JsonNode last() {
    return client.replies.getLast();
  }

  /** Those of docs/protocol.md. */
  @Test
  void theVectorsOfTheProtocol() {
    String[][] vectors = {
      {"book", "BTC-USD", "k3.1x9q2a", "128", "6846685528f20aa8", "6846685528f20aa8"},
      {"book", "BTC-USD", "", "129", "4e979873736d40cc", "964ede4dcd0a7854"},
      {"trades", "XBT/€", "", "7", "6aaf433f4da95eca", "6b1799398316318e"},
      {"orders", "", "7f3a", "1", "c0ed1d7801e0ffd5", "3a8a85330f0327cb"}
    };
    Tally tally = new Tally();
    for (String[] each : vectors) {
      long hash = tally.hash(Tally.stream(each[0], each[1], each[2]), Long.parseLong(each[3]));
      tally.add(hash);
      assertThat(String.format("%016x", hash)).isEqualTo(each[4]);
      assertThat(String.format("%016x", tally.sum().digest())).isEqualTo(each[5]);
    }
  }

  @Test
  void saysWhatItHasAndDidNotSend() {
    load("e1");
    Session session = session(Codec.JSON);
    floor.heartbeats.set(session, new Op.Heartbeat(null, 250));
    follow(session, key(Channel.BOOK, 0), 1_000, false);
    follow(session, key(Channel.TRADES, 0), 0, false);
    loop.advance(2_000);
    update(Channel.BOOK, FakeMarket.bid("6", "1"));
    loop.advance(10);
    update(Channel.BOOK, FakeMarket.bid("6", "2"));
    update(Channel.TRADES, FakeMarket.trade("t"));
    loop.advance(300);
    JsonNode behind = last().path("behind");
    assertThat(behind).hasSize(1);
    assertThat(behind.get(0).toString())
        .isEqualTo("{\"channel\":\"book\",\"symbol\":\"" + SYMBOL + "\",\"seq\":3}");
    assertThat(last().path("age").asLong()).isBetween(200_000L, 300_000L);
    loop.advance(2_000);
    assertThat(last().has("behind")).isFalse();
  }

  private void update(Channel channel, Event event) {
    long seq = seqs.merge(channel, 1L, Long::sum);
    instrument.accept(
        shardSeq++, new Update(SYMBOL, channel, seq, loop.millis() * 1_000, event, -1));
  }

  @Test
  void beginsChangesAndEndsWhenItIsAskedTo() {
    load("e1");
    Session session = session(Codec.JSON);
    floor.heartbeats.set(session, new Op.Heartbeat(JsonNodeFactory.instance.numberNode(5), EVERY));
    session.flush();
    assertThat(last().path("id").asInt()).isEqualTo(5);
    assertThat(last().path("messages").asLong()).isZero();
    follow(session, key(Channel.BOOK, 0), 0, false);
    loop.advance(10_100);
    assertThat(client.heartbeats).isEqualTo(11);
    floor.heartbeats.set(session, new Op.Heartbeat(null, 250));
    loop.advance(1_100);
    assertThat(client.heartbeats).isEqualTo(16);
    floor.heartbeats.set(session, new Op.Heartbeat(null, 0));
    session.flush();
    assertThat(last().path("every").asInt()).isZero();
    assertThat(last().path("messages").asLong()).isEqualTo(1);
    loop.advance(10_000);
    assertThat(client.heartbeats).isEqualTo(17);
  }

  @Test
  void countsPrivateMessagesToo() {
    Session session = session(Codec.JSON);
    floor.heartbeats.set(session, new Op.Heartbeat(null, EVERY));
    for (long seq = 1; seq <= 3; seq++) {
      Stored record = new Stored("id" + seq, "alice", Status.COMPLETED, 1, 2, null);
      Transition fill = new Transition("alice", "orders", "p1", seq, record);
      session.tell(List.of(fill), new Replies(loop).transitions(List.of(fill)));
    }
    loop.advance(1_100);
    assertThat(last().path("messages").asLong()).isEqualTo(3);
  }

  /** What a line could do to it: any one message dropped, held back, or swapped with another. */
  @Property(tries = 10_000)
  void whateverOneMessageSuffersIsFound(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 60) int size) {
    Random dice = new Random(seed);
    List<ObjectNode> sent = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      ObjectNode message = JsonNodeFactory.instance.objectNode();
      message.put("channel", dice.nextBoolean() ? "book" : "trades");
      sent.add(message.put("symbol", "S" + dice.nextInt(3)).put("seq", i / 3 + 1));
    }
    JsonNode heartbeat = heartbeat(sent);
    List<ObjectNode> got = new ArrayList<>(sent);
    int hurt = dice.nextInt(size);
    ObjectNode message = got.remove(hurt);
    boolean late = dice.nextBoolean(); // dropped, or after the heartbeat
    if (!late) {
      int to = dice.nextInt(size);
      got.add(to, message);
    }
    Receipts receipts = new Receipts();
    got.forEach(receipts::take);
    assertThat(receipts.agrees(heartbeat)).isEqualTo(got.equals(sent));
  }

  /** As the gateway's own tally has it. */
  private static JsonNode heartbeat(List<ObjectNode> sent) {
    Tally tally = new Tally();
    for (ObjectNode each : sent) {
      byte[] stream = Tally.stream(each.path("channel").asText(), each.path("symbol").asText(), "");
      tally.add(tally.hash(stream, each.path("seq").asLong()));
    }
    return JsonNodeFactory.instance
        .objectNode()
        .put("messages", tally.sum().messages())
        .put("digest", String.format("%016x", tally.sum().digest()));
  }
}
