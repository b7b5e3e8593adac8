package dev.tidegate.stream.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.stream.FakeClient;
import dev.tidegate.stream.FakeMarket;
import dev.tidegate.stream.TestFanout;
import dev.tidegate.stream.encode.Codec;
import dev.tidegate.stream.encode.Dialect;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.session.Joining;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Subscription;
import dev.tidegate.stream.shard.Instrument;
import dev.tidegate.stream.shard.Kept;
import dev.tidegate.stream.topic.BookTopic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What many joiners of a large book cost who do not read it, and what they have once they do. */
class SharedSnapshotTest {
  private static final String SYMBOL = "AAA";
  private static final int LEVELS = 4_000;
  private static final int JOINERS = 93;
  private static final int PART = 8 * 1024;

  private final SteppedLoop loop = new SteppedLoop();
  private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);
  private final TestFanout floor =
      new TestFanout(loop, memory, new SimpleMeterRegistry(), new Pictures.Sizes(400, PART));
  private final Fanout fanout = floor.fanout;
  private final List<FakeClient> clients = new ArrayList<>();
  private final List<Session> sessions = new ArrayList<>();
  private int topics;
  private final Instrument instrument =
      new Instrument(SYMBOL, new Kept(20_000, 2_000), () -> ++topics, fanout);
  private long shardSeq;
  private long seq;

  private void load(String epoch) {
    List<Level> bids = new ArrayList<>();
    for (int i = 0; i < LEVELS; i++) {
      bids.add(FakeMarket.level(String.valueOf(LEVELS - i), "1"));
    }
    seq++;
    instrument.doubt(0);
    instrument.load(
        new SymbolState(
            SYMBOL, 0, epoch, shardSeq, seq, 1, new Snapshot(bids, List.of()), 0, List.of()));
    loop.turn();
  }

  private void change() {
    Level level = FakeMarket.level(String.valueOf(1 + seq % LEVELS), String.valueOf(seq + 2));
    Event event = new Delta(List.of(level), List.of());
    instrument.accept(shardSeq++, new Update(SYMBOL, Channel.BOOK, ++seq, loop.millis(), event));
    loop.turn();
  }

  private Session follow(FakeClient client, Codec codec, boolean deflate, boolean extras) {
    Session session = floor.session(client, codec, deflate);
    subscribe(session, extras);
    clients.add(client);
    sessions.add(session);
    return session;
  }

  private void subscribe(Session session, boolean extras) {
    Op.Key key = new Op.Key("book", Channel.BOOK, SYMBOL, BookTopic.FULL, "");
    Op.Wanted wanted = new Op.Wanted(key, 0, extras, extras, null);
    Subscription subscription = session.subscribed(key, new Subscription(wanted, false));
    subscription.instrument = instrument;
    session.place(Joining.attach(session, subscription, fanout));
    assertThat(subscription.seq).isLessThanOrEqualTo(seq);
    session.again();
    loop.turn();
  }

  @AfterEach
  void discard() {
    clients.forEach(FakeClient::discard);
    fanout.close();
  }

  /** Each part is a message within the bound; only who asked for it gets the book in one. */
  @ParameterizedTest
  @MethodSource("forms")
  void noMessageIsLargerThanAPart(Codec codec, boolean deflate, boolean extras) {
    load("e1");
    FakeClient client = new FakeClient(deflate);
    follow(client, codec, deflate, extras);
    assertThat(client.largest).isBetween(PART / 2, PART);
    assertThat(client.known.get("book " + SYMBOL + " 0").parts).isGreaterThan(2);

    FakeClient old = new FakeClient(deflate);
    Session session = floor.session(old, new Dialect(codec, deflate, true));
    clients.add(old);
    sessions.add(session);
    subscribe(session, extras);
    assertThat(old.largest).isGreaterThan(PART);
    assertThat(old.known.get("book " + SYMBOL + " 0").parts).isOne();
    settle();
    nothingIsLeft();
  }

  /** Other channels go on; the book's changes wait for its last part. */
  @ParameterizedTest
  @EnumSource(Codec.class)
  void betweenThePartsComesOtherTrafficButNoChangeOfTheBook(Codec codec) {
    load("e1");
    FakeClient client = unread(false);
    Session session = follow(client, codec, false, false);
    for (int i = 0; i < 40; i++) {
      change();
      client.stalled = false;
      client.flush();
      client.stalled = true;
      session.notice(new Replies(loop).notice("code", "detail"));
      session.drained();
      loop.turn();
    }
    settle();
    assertThat(client.replies).hasSize(40);
  }

  private static FakeClient unread(boolean deflate) {
    FakeClient client = new FakeClient(deflate);
    client.stalled = true;
    return client;
  }

  static Stream<Arguments> forms() {
    return Stream.of(Codec.values())
        .flatMap(
            codec ->
                Stream.of(false, true)
                    .flatMap(
                        deflate ->
                            Stream.of(false, true)
                                .map(extras -> Arguments.of(codec, deflate, extras))));
  }

  private void settle() {
    clients.forEach(client -> client.stalled = false);
    for (int i = 0; i < 4; i++) {
      clients.forEach(FakeClient::flush);
      sessions.forEach(Session::drained);
      loop.turn();
    }
    change();
    for (FakeClient client : clients) {
      FakeClient.Known book = client.known.get("book " + SYMBOL + " 0");
      assertThat(book.seq).isEqualTo(seq);
      assertThat(book.bids).isEqualTo(clients.getFirst().known.get("book " + SYMBOL + " 0").bids);
      assertThat(book.snapshots).isOne();
    }
    assertThat(clients.getFirst().known.get("book " + SYMBOL + " 0").bids).hasSize(LEVELS);
  }

  private void nothingIsLeft() {
    loop.advance(3_000);
    loop.turn();
    assertThat(memory.metric().usedDirectMemory()).isZero();
  }

  @ParameterizedTest
  @MethodSource("forms")
  void whoComesAtOnceSharesOne(Codec codec, boolean deflate, boolean extras) {
    load("e1");
    follow(unread(deflate), codec, deflate, extras);
    long one = memory.metric().usedDirectMemory();
    for (int i = 1; i < JOINERS; i++) {
      follow(unread(deflate), codec, deflate, extras);
    }
    assertThat(memory.metric().usedDirectMemory()).isLessThan(2 * one);
    settle();
    nothingIsLeft();
  }

  @ParameterizedTest
  @MethodSource("forms")
  void whoComesWhileTheBookChangesALittleSharesItToo(Codec codec, boolean deflate, boolean extras) {
    load("e1");
    follow(unread(deflate), codec, deflate, extras);
    long one = memory.metric().usedDirectMemory();
    for (int i = 1; i < JOINERS; i++) {
      change();
      loop.advance(5);
      follow(unread(deflate), codec, deflate, extras);
    }
    assertThat(memory.metric().usedDirectMemory()).isLessThan(2 * one);
    settle();
    nothingIsLeft();
  }

  @Test
  void aBookThatIsReplacedIsToldToAllFromOneSnapshot() {
    load("e1");
    for (int i = 0; i < JOINERS; i++) {
      follow(new FakeClient(false), Codec.JSON, false, false);
    }
    nothingIsLeft();
    clients.forEach(client -> client.stalled = true);
    load("e2");
    long one = memory.metric().usedDirectMemory();
    assertThat(one).isLessThan(200_000);
    clients.forEach(client -> client.stalled = false);
    for (int i = 0; i < 4; i++) {
      clients.forEach(FakeClient::flush);
      sessions.forEach(Session::drained);
      loop.turn();
    }
    change();
    for (FakeClient client : clients) {
      assertThat(client.known.get("book " + SYMBOL + " 0").seq).isEqualTo(seq);
      assertThat(client.known.get("book " + SYMBOL + " 0").epoch).startsWith("e2");
    }
  }

  /** The client checks it: no snapshot of the same epoch is older than what it has. */
  @Test
  void whoComesBackToTheBookIsNotSentBack() {
    load("e1");
    follow(unread(false), Codec.JSON, false, false);
    FakeClient client = new FakeClient(false);
    Session session = follow(client, Codec.JSON, false, false);
    change();
    assertThat(client.known.get("book " + SYMBOL + " 0").seq).isEqualTo(seq);
    Op.Key key = new Op.Key("book", Channel.BOOK, SYMBOL, BookTopic.FULL, "");
    Subscription old = session.subscription(key);
    old.lane.remove(java.util.Set.of(old.topic));
    session.place(old.lane);
    session.unsubscribed(key);
    subscribe(session, false);
    assertThat(client.known.get("book " + SYMBOL + " 0").snapshots).isEqualTo(2);
    assertThat(client.known.get("book " + SYMBOL + " 0").seq).isEqualTo(seq);
  }
}
