package dev.tidegate.stream.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Decimal;
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
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.session.Joining;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Subscription;
import dev.tidegate.stream.shard.Instrument;
import dev.tidegate.stream.shard.Kept;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Whatever the source's clock says, and however much comes at once: who keeps up gets each trade
 * and each closed bar once, at every window.
 */
class GatheringTest {
  /** Fewer than may come in one turn. */
  private static final int KEPT = 40;

  private static final List<Integer> WINDOWS = List.of(0, 50, 250, 1000);

  private final SteppedLoop loop = new SteppedLoop();
  private final TestFanout floor = new TestFanout(loop);
  private final List<FakeClient> clients = new ArrayList<>();
  private final List<Long> closed = new ArrayList<>();
  private Instrument instrument;
  private long shardSeq;
  private long trades;
  private long bars;
  private long start;
  private int ofBar;

  private void begin() {
    instrument = new Instrument("AAA", new Kept(KEPT, 50), () -> 1 + clients.size(), floor.fanout);
    Snapshot empty = new Snapshot(List.of(), List.of());
    instrument.load(new SymbolState("AAA", 0, "e", 0, 1, 1, empty, 0, List.of()));
    for (boolean meta : new boolean[] {false, true}) {
      for (int window : WINDOWS) {
        FakeClient client = new FakeClient(false);
        clients.add(client);
        Session session = floor.session(client);
        follow(session, new Op.Key("trades", Channel.TRADES, "AAA", 0, ""), window, meta);
        follow(session, new Op.Key("candles", Channel.CANDLES, "AAA", 0, "1m"), window, meta);
        session.again();
      }
    }
    loop.turn();
  }

  private void follow(Session session, Op.Key key, int window, boolean meta) {
    Op.Wanted wanted = new Op.Wanted(key, window, meta, false, null);
    Subscription subscription = session.subscribed(key, new Subscription(wanted, false));
    subscription.instrument = instrument;
    session.place(Joining.attach(session, subscription, floor.fanout));
  }

  private void update(Channel channel, long seq, long time, Event event) {
    instrument.accept(++shardSeq, new Update("AAA", channel, seq, time, event));
  }

  private void trade(long time) {
    update(Channel.TRADES, ++trades, time, FakeMarket.trade("t" + trades));
    update(Channel.CANDLES, ++bars, time, bar(++ofBar, false));
  }

  private void close(long time) {
    update(Channel.CANDLES, ++bars, time, bar(ofBar, true));
    closed.add(start);
    start += 60_000_000;
    ofBar = 0;
  }

  private Candle bar(int count, boolean over) {
    Decimal price = Decimal.of("7");
    return new Candle("1m", start, price, price, price, price, price, count, over);
  }

  @Property(tries = 200)
  void everyTradeAndEveryClosedBarComesOnce(@ForAll long seed) {
    new GatheringTest().run(new Random(seed)); // each with a market of its own
  }

  private void run(Random random) {
    begin();
    long time = 1_700_000_000_000_000L;
    for (int turn = 0; turn < 60; turn++) {
      for (int n = random.nextInt(4) == 0 ? random.nextInt(200) : random.nextInt(5); n > 0; n--) {
        time += random.nextInt(20) == 0 ? 3_600_000_000L - random.nextInt(2) * 7_200_000_000L : 1;
        trade(time);
        if (random.nextInt(30) == 0) {
          close(time);
        }
      }
      loop.advance(random.nextInt(300));
    }
    loop.advance(5_000);
    for (FakeClient client : clients) {
      assertThat(client.closed).isNull();
      List<Long> had = client.known.get("trades AAA 0").trades;
      assertThat(LongStream.rangeClosed(1, trades).filter(seq -> !had.contains(seq))).isEmpty();
      assertThat(had).hasSize((int) trades);
      assertThat(client.known.get("candles AAA 01m").closed).isEqualTo(closed);
    }
  }
}
