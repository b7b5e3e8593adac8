package dev.tidegate.stream.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Decimal;
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
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.session.Joining;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Subscription;
import dev.tidegate.stream.shard.Instrument;
import dev.tidegate.stream.shard.Kept;
import dev.tidegate.stream.topic.Book;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Whatever the order of updates, windows, joins, stalls and resumes, every client ends with the
 * same book as if it had applied every update, without a hole on the way, and with every trade.
 */
class FanoutModelTest {
  private static final int[] WINDOWS = {0, 10, 100, 1000};
  private static final int[] DEPTHS = {0, 1, 5};
  private static final String[] SYMBOLS = {"AAA", "BBB"};

  /** One step; what the numbers mean depends on the kind. */
  record Step(int kind, int who, int a, int b) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.frequency(
                net.jqwik.api.Tuple.of(12, 0), // book delta
                net.jqwik.api.Tuple.of(5, 1), // trade
                net.jqwik.api.Tuple.of(4, 2), // ticker
                net.jqwik.api.Tuple.of(6, 3), // end of turn
                net.jqwik.api.Tuple.of(5, 4), // time passes
                net.jqwik.api.Tuple.of(4, 5), // subscribe
                net.jqwik.api.Tuple.of(1, 6), // unsubscribe
                net.jqwik.api.Tuple.of(3, 7), // stall
                net.jqwik.api.Tuple.of(3, 8), // read again
                net.jqwik.api.Tuple.of(2, 9), // drop and resume
                net.jqwik.api.Tuple.of(1, 10), // book snapshot
                net.jqwik.api.Tuple.of(1, 11), // new epoch
                net.jqwik.api.Tuple.of(1, 12)), // a step of the ladder
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(0, 11),
            Arbitraries.integers().between(0, 7))
        .as(Step::new)
        .list()
        .ofMinSize(20)
        .ofMaxSize(160);
  }

  @Property(tries = 1000)
  void everyClientEndsWithTheWholeTruth(
      @ForAll("steps") List<Step> steps, @ForAll boolean pictures) {
    World world = new World(pictures ? new Pictures.Sizes(1, 120) : Pictures.Sizes.parts(4096));
    for (Step step : steps) {
      world.run(step);
    }
    world.settle();
    world.verify();
  }

  /** A market of two symbols, four clients, and one event loop. */
  private static final class World {
    final SteppedLoop loop = new SteppedLoop();
    final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);
    final TestFanout floor;
    final Fanout fanout;
    final Map<String, Instrument> instruments = new HashMap<>();
    final Map<String, Book> books = new HashMap<>();
    final Map<String, Long> seqs = new HashMap<>();
    final List<Client> clients = new ArrayList<>();
    String epoch = "e1";
    int epochs = 1;
    long shardSeq;
    int topics;

    /**
     * @param large which snapshots are shared, and come in parts
     */
    World(Pictures.Sizes large) {
      floor = new TestFanout(loop, memory, new SimpleMeterRegistry(), large);
      fanout = floor.fanout;
      for (String symbol : SYMBOLS) {
        books.put(symbol, new Book());
        Instrument instrument =
            new Instrument(symbol, new Kept(20_000, 2_000), () -> ++topics, fanout);
        instrument.doubt(0);
        instruments.put(symbol, instrument);
        apply(symbol, Channel.BOOK, new Snapshot(List.of(), List.of(FakeMarket.level("50", "1"))));
        load(symbol);
      }
      for (int i = 0; i < 4; i++) {
        clients.add(new Client(this, i % 2 == 1, i < 2 ? Codec.JSON : Codec.PROTO, i != 1));
      }
    }

    void load(String symbol) {
      instruments
          .get(symbol)
          .load(
              new SymbolState(
                  symbol,
                  0,
                  epoch,
                  shardSeq,
                  seqs.getOrDefault(symbol + Channel.BOOK, 0L),
                  1,
                  books.get(symbol).snapshot(Integer.MAX_VALUE),
                  seqs.getOrDefault(symbol + Channel.TRADES, 0L),
                  List.of()));
    }

    void apply(String symbol, Channel channel, Event event) {
      long seq = seqs.merge(symbol + channel, 1L, Long::sum);
      if (event instanceof Snapshot snapshot) {
        books.get(symbol).apply(snapshot);
      } else if (event instanceof Delta delta) {
        books.get(symbol).apply(delta);
      }
      Update update = new Update(symbol, channel, seq, loop.millis() * 1000, event);
      instruments.get(symbol).accept(shardSeq++, update);
    }

    void run(Step step) {
      String symbol = SYMBOLS[step.b % 2];
      Client client = clients.get(step.who);
      switch (step.kind) {
        case 0 -> apply(symbol, Channel.BOOK, delta(step));
        case 1 -> apply(symbol, Channel.TRADES, FakeMarket.trade("t"));
        case 2 -> apply(symbol, Channel.TICKER, FakeMarket.ticker("100." + step.a));
        case 3 -> loop.turn();
        case 4 -> loop.advance(step.a * 20L);
        case 5 -> client.subscribe(symbol, step);
        case 6 -> client.unsubscribe(step.a);
        case 7 -> client.outlet.stalled = true;
        case 8 -> client.read();
        case 9 -> client.resume();
        case 10 -> apply(symbol, Channel.BOOK, replacement(step));
        case 11 -> newEpoch(step);
        default -> client.ladder(step.a % 5);
      }
    }

    private void newEpoch(Step step) {
      if (step.a > 1) {
        return;
      }
      loop.turn();
      epoch = "e" + ++epochs;
      shardSeq = 0;
      seqs.clear();
      for (String symbol : SYMBOLS) {
        seqs.put(symbol + Channel.BOOK, 1L);
        shardSeq++;
        instruments.get(symbol).doubt(0);
        load(symbol);
      }
    }

    private static Delta delta(Step step) {
      Level level = FakeMarket.level(String.valueOf(40 + step.a), String.valueOf(step.b / 2));
      return step.who % 2 == 0
          ? new Delta(List.of(level), List.of())
          : new Delta(List.of(), List.of(level));
    }

    private static Snapshot replacement(Step step) {
      return new Snapshot(
          List.of(FakeMarket.level(String.valueOf(40 + step.a), "3")),
          List.of(FakeMarket.level(String.valueOf(60 + step.a), "4")));
    }

    void settle() {
      clients.forEach(client -> client.ladder(0));
      clients.forEach(Client::read);
      loop.advance(5_000);
      clients.forEach(Client::read);
      loop.advance(2_000);
    }

    void verify() {
      assertThat(memory.metric().usedDirectMemory()).as("frames not released").isZero();
      for (Client client : clients) {
        assertThat(client.outlet.closed).isNull();
        assertThat(client.outlet.pending()).isZero();
        assertThat(client.outlet.heartbeats).isGreaterThan(client.counts ? 1 : -1);
        assertThat(client.outlet.mostPending).as("memory of a stalled client").isLessThan(8_192);
        for (Subscription subscription : client.session.subscriptions()) {
          client.verify(subscription);
        }
      }
    }
  }

  /** One client with what it has seen; a reconnect keeps what it knows. */
  private static final class Client {
    final World world;
    final boolean deflate;
    final Codec codec;

    /** Whether it wants to be told what it was sent. */
    final boolean counts;

    FakeClient outlet;
    Session session;

    Client(World world, boolean deflate, Codec codec, boolean counts) {
      this.world = world;
      this.deflate = deflate;
      this.codec = codec;
      this.counts = counts;
      connect();
    }

    void connect() {
      outlet = new FakeClient(deflate);
      session = world.floor.session(outlet, codec, deflate);
      if (counts) {
        world.floor.heartbeats.set(session, new Op.Heartbeat(null, 250));
        outlet.flush();
      }
    }

    void subscribe(String symbol, Step step) {
      Channel channel =
          switch (step.a % 4) {
            case 0, 1 -> Channel.BOOK;
            case 2 -> Channel.TRADES;
            default -> Channel.TICKER;
          };
      int depth = channel == Channel.BOOK ? DEPTHS[step.a % 3] : 0;
      String name = channel.name().toLowerCase(java.util.Locale.ROOT);
      Op.Key key = new Op.Key(name, channel, symbol, depth, "");
      if (session.subscription(key) == null) {
        int window = WINDOWS[(step.a + step.b) % WINDOWS.length];
        add(new Op.Wanted(key, window, step.b == 7, step.b == 6, null));
      }
    }

    void add(Op.Wanted wanted) {
      Subscription subscription = session.subscribed(wanted.key(), new Subscription(wanted, false));
      subscription.instrument = world.instruments.get(wanted.key().symbol());
      Lane lane = Joining.attach(session, subscription, world.fanout);
      FakeClient.Known known = known(wanted.key());
      if (wanted.key().market() == Channel.TRADES && wanted.since() == null) {
        known.seq = subscription.seq;
        known.epoch = subscription.epoch;
        known.trades.clear();
      }
      if (wanted.key().market() == Channel.TICKER && wanted.since() == null) {
        known.epoch = subscription.epoch;
      }
      session.place(lane);
      session.again();
    }

    FakeClient.Known known(Op.Key key) {
      return outlet.known.computeIfAbsent(
          key.name() + " " + key.symbol() + " " + key.depth() + key.interval(),
          k -> new FakeClient.Known());
    }

    void unsubscribe(int which) {
      List<Subscription> all = new ArrayList<>(session.subscriptions());
      if (!all.isEmpty()) {
        Subscription subscription = all.get(which % all.size());
        read();
        session.unsubscribed(subscription.wanted.key());
        subscription.lane.remove(Set.of(subscription.topic));
        session.place(subscription.lane);
        session.again();
        Op.Key key = subscription.wanted.key();
        outlet.known.remove(key.name() + " " + key.symbol() + " " + key.depth());
      }
    }

    void read() {
      outlet.stalled = false;
      outlet.flush();
      session.drained();
      world.loop.turn();
    }

    void ladder(int step) {
      FakeClient.lag(session, outlet, world.loop.nanos()).step = step;
      session.placeAll();
      session.again();
    }

    /** The connection breaks and a new one goes on where the client stood. */
    void resume() {
      FakeClient old = outlet;
      List<Subscription> had = new ArrayList<>(session.subscriptions());
      session.ended();
      old.discard();
      connect();
      for (Subscription subscription : had) {
        Op.Wanted was = subscription.wanted;
        String name = was.key().name() + " " + was.key().symbol() + " " + was.key().depth();
        FakeClient.Known known = old.known.get(name);
        boolean started = known != null && known.seq >= 0 && !known.epoch.isEmpty();
        if (started) {
          outlet.known.put(name, known);
        }
        Op.Since since = started ? new Op.Since(known.epoch, known.seq) : null;
        add(new Op.Wanted(was.key(), was.window(), was.meta(), was.checksum(), since));
        Subscription now = session.subscription(was.key());
        if (was.key().market() == Channel.TRADES && started && !now.recovered) {
          known.seq = -1;
          known.trades.clear();
          known.epoch = now.epoch;
        }
      }
    }

    void verify(Subscription subscription) {
      Op.Key key = subscription.wanted.key();
      FakeClient.Known known = known(key);
      long seq = world.seqs.getOrDefault(key.symbol() + key.market(), 0L);
      switch (key.market()) {
        case BOOK -> {
          int depth = key.depth() == 0 ? Integer.MAX_VALUE : key.depth();
          Snapshot truth = world.books.get(key.symbol()).snapshot(depth);
          assertThat(known.epoch).isEqualTo(subscription.topic.numbering());
          assertThat(known.bids).as("bids of %s", key).isEqualTo(map(truth.bids()));
          assertThat(known.asks).as("asks of %s", key).isEqualTo(map(truth.asks()));
        }
        case TRADES -> {
          if (seq > 0) {
            assertThat(known.seq).as("trades of %s", key).isEqualTo(seq);
          }
        }
        default -> {
          if (seq > 0) {
            assertThat(known.seq).as("ticker of %s", key).isEqualTo(seq);
          }
        }
      }
    }

    private static Map<Decimal, Decimal> map(List<Level> levels) {
      Map<Decimal, Decimal> map = new TreeMap<>();
      levels.forEach(level -> map.put(level.price(), level.size()));
      return map;
    }
  }
}
