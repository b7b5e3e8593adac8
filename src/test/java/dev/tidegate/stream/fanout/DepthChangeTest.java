package dev.tidegate.stream.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.bus.Numbering;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.stream.FakeClient;
import dev.tidegate.stream.FakeMarket;
import dev.tidegate.stream.TestFanout;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.session.Cursors;
import dev.tidegate.stream.session.Joining;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Subscription;
import dev.tidegate.stream.shard.Instrument;
import dev.tidegate.stream.shard.Kept;
import dev.tidegate.stream.topic.BookTopic;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a reader sees whose book gets less deep, or whose place is ahead of this node's. */
class DepthChangeTest {
  private static final String SYMBOL = "AAA";
  private static final int SHALLOW = 5;

  private final SteppedLoop loop = new SteppedLoop();
  private final TestFanout floor = new TestFanout(loop);
  private final Fanout fanout = floor.fanout;
  private final Instrument instrument = instrument();

  private static String numbering(String epoch, int depth) {
    return Numbering.of(epoch, Channel.BOOK, SYMBOL, depth, "");
  }

  private static Op.Since full(long seq) {
    return new Op.Since(numbering("e1", BookTopic.FULL), seq);
  }

  private long shardSeq;
  private long seq;
  private int topics;

  private Instrument instrument() {
    return new Instrument(SYMBOL, new Kept(20_000, 2_000), () -> ++topics, fanout);
  }

  private void load(String epoch, long bookSeq, int levels) {
    List<Level> bids = new ArrayList<>();
    for (int i = 0; i < levels; i++) {
      bids.add(FakeMarket.level(String.valueOf(100 - i), "1"));
    }
    seq = bookSeq;
    Snapshot book = new Snapshot(bids, List.of());
    instrument.doubt(0);
    instrument.load(new SymbolState(SYMBOL, 0, epoch, shardSeq, seq, 1, book, 0, List.of()));
  }

  private void change(int price) {
    Event event = new Delta(List.of(FakeMarket.level(String.valueOf(price), "7")), List.of());
    instrument.accept(shardSeq++, new Update(SYMBOL, Channel.BOOK, ++seq, loop.millis(), event));
    loop.turn();
  }

  private Session follow(FakeClient client, int depth, Op.Since since) {
    Session session = floor.session(client);
    Op.Key key = new Op.Key("book", Channel.BOOK, SYMBOL, depth, "");
    Op.Wanted wanted = new Op.Wanted(key, 0, false, false, since);
    Subscription subscription = session.subscribed(key, new Subscription(wanted, false));
    subscription.instrument = instrument;
    subscription.located(); // the owner knows the place, should it be beyond what is here
    session.place(Joining.attach(session, subscription, fanout));
    session.again();
    loop.turn();
    return session;
  }

  private void step(Session session, int step) {
    FakeClient.lag(session, (FakeClient) session.outlet, loop.nanos()).step = step;
    List.copyOf(session.lanes()).forEach(session::place);
    session.again();
    loop.turn();
  }

  private static FakeClient.Known known(FakeClient client, int depth) {
    return client.known.get("book " + SYMBOL + " " + depth);
  }

  @Test
  void aShallowerBookBeginsWhereTheReaderStoodAndItsChangesFollow() {
    load("e1", 1, 10);
    FakeClient shallow = new FakeClient(false);
    follow(shallow, SHALLOW, null);
    FakeClient whole = new FakeClient(false);
    Session session = follow(whole, BookTopic.FULL, null);
    change(91); // too deep for five levels
    assertThat(known(whole, 0).seq).isEqualTo(2);
    assertThat(known(shallow, SHALLOW).seq).isEqualTo(1);

    step(session, 4);
    assertThat(known(whole, SHALLOW).seq).as("not sent back").isEqualTo(2);

    loop.advance(2_000);
    change(99);
    loop.advance(2_000);
    assertThat(known(whole, SHALLOW).seq).isEqualTo(3);
    assertThat(known(whole, SHALLOW).snapshots).isEqualTo(1);
    assertThat(known(whole, SHALLOW).bids).isEqualTo(known(shallow, SHALLOW).bids);
    assertThat(known(shallow, SHALLOW).seq).isEqualTo(3);
  }

  private static Op.Since cursor(Session session) {
    return Cursors.since(session.subscriptions().iterator().next());
  }

  @Test
  void aTokenSaysWhereTheReaderStandsButNotInABookThatHasBecomeLessDeep() {
    load("e1", 1, 10);
    FakeClient client = new FakeClient(false);
    Session session = follow(client, BookTopic.FULL, null);
    change(91);
    assertThat(cursor(session)).isEqualTo(full(2));
    client.stalled = true;
    change(92);
    change(93);
    assertThat(cursor(session)).as("written, not taken: the next one waits").isEqualTo(full(3));

    client.stalled = false;
    client.flush();
    step(session, 4);
    assertThat(known(client, SHALLOW).seq).isEqualTo(4);
    assertThat(cursor(session)).isNull();

    client.stalled = true;
    step(session, 0);
    client.stalled = false;
    client.flush();
    session.again();
    loop.turn();
    assertThat(cursor(session)).isEqualTo(full(4));
  }

  @Test
  void whoResumesFromALessDeepBookByItselfGetsTheWholeOne() {
    load("e1", 1, 10);
    FakeClient client = new FakeClient(false);
    Session session = follow(client, BookTopic.FULL, null);
    step(session, 4);
    change(99);
    loop.advance(2_000);
    FakeClient.Known shallow = known(client, SHALLOW);
    assertThat(shallow.epoch).isEqualTo(numbering("e1", SHALLOW));

    FakeClient again = new FakeClient(false);
    Session next = follow(again, BookTopic.FULL, new Op.Since(shallow.epoch, shallow.seq));
    assertThat(next.subscriptions().iterator().next().recovered).isFalse();
    assertThat(known(again, 0).bids).hasSize(10);
    assertThat(known(again, 0).epoch).isEqualTo(numbering("e1", BookTopic.FULL));
  }

  @Test
  void whoAskedForTheLessDeepBookTooHasItOnceUnderItsOwnNumbering() {
    load("e1", 1, 10);
    FakeClient client = new FakeClient(false);
    Session session = follow(client, SHALLOW, null);
    Op.Key full = new Op.Key("book", Channel.BOOK, SYMBOL, BookTopic.FULL, "");
    Subscription second =
        session.subscribed(
            full, new Subscription(new Op.Wanted(full, 0, false, false, null), false));
    second.instrument = instrument;
    session.place(Joining.attach(session, second, fanout));
    session.again();
    loop.turn();
    step(session, 4);
    change(99);
    loop.advance(2_000);
    assertThat(known(client, SHALLOW).epoch).isEqualTo(numbering("e1", SHALLOW));
    assertThat(known(client, SHALLOW).messages).isEqualTo(2);
  }

  @Test
  void aReaderThatWaitsForThisNodeToCatchUpKeepsItsOwnPlace() {
    load("e1", 5, 10);
    Session session = follow(new FakeClient(false), BookTopic.FULL, full(8));
    assertThat(cursor(session)).isEqualTo(full(8));
  }

  @Test
  void aReaderAheadOfThisNodeIsNotTakenForSlow() {
    load("e1", 5, 10);
    FakeClient client = new FakeClient(false);
    Session session = follow(client, BookTopic.FULL, full(8));
    assertThat(session.lanes()).hasSize(1);
    assertThat(session.lanes().getFirst().behind()).isFalse();
  }

  @Test
  void aReaderAheadOfThisNodeStartsAfreshWhenANewNumberingBegins() {
    load("e1", 5, 10);
    FakeClient client = new FakeClient(false);
    FakeClient.Known before = new FakeClient.Known();
    before.epoch = numbering("e1", BookTopic.FULL);
    before.seq = 8;
    client.known.put("book " + SYMBOL + " 0", before);
    follow(client, BookTopic.FULL, full(8));

    load("e2", 1, 3);
    loop.turn();

    assertThat(known(client, 0).epoch).isEqualTo(numbering("e2", BookTopic.FULL));
    assertThat(known(client, 0).bids).hasSize(3);
    change(99);
    assertThat(known(client, 0).seq).isEqualTo(2);
  }
}
