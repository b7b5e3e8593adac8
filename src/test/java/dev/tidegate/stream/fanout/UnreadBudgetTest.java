package dev.tidegate.stream.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.FakeClient;
import dev.tidegate.stream.FakeMarket;
import dev.tidegate.stream.TestFanout;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.session.Joining;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Subscription;
import dev.tidegate.stream.session.UnreadBudget;
import dev.tidegate.stream.shard.Instrument;
import dev.tidegate.stream.shard.Kept;
import dev.tidegate.stream.topic.BookTopic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Many who do not read, beside some who do, where two instances share what a node may hold. */
class UnreadBudgetTest {
  private static final int SMALL = 0;
  private static final int LARGE = 1;

  /** Of one instance: its fan-out, its clients, a small book and one that is shared in parts. */
  private static final class Instance {
    final SteppedLoop loop = new SteppedLoop();
    final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);
    final TestFanout floor;
    final List<FakeClient> clients = new ArrayList<>();
    final List<Session> sessions = new ArrayList<>();
    final List<Instrument> books = new ArrayList<>();
    final long[] seq = {0, 0};
    private int topics;
    private long shardSeq;

    Instance(UnreadBudget budget) {
      Pictures.Sizes sizes = new Pictures.Sizes(400, 8 * 1024);
      floor = new TestFanout(loop, memory, new SimpleMeterRegistry(), sizes, budget);
      book("SMALL", 300);
      book("LARGE", 4_000);
    }

    private void book(String symbol, int levels) {
      List<Level> bids = new ArrayList<>();
      for (int i = 0; i < levels; i++) {
        bids.add(FakeMarket.level(String.valueOf(levels - i), "1"));
      }
      Instrument book =
          new Instrument(symbol, new Kept(20_000, 2_000), () -> ++topics, floor.fanout);
      book.doubt(0);
      Snapshot snapshot = new Snapshot(bids, List.of());
      int index = books.size();
      book.load(
          new SymbolState(symbol, 0, "e1", shardSeq, ++seq[index], 1, snapshot, 0, List.of()));
      books.add(book);
      loop.turn();
    }

    void change(int book) {
      Level level = FakeMarket.level(String.valueOf(1 + seq[book] % 300), "" + (seq[book] + 2));
      Delta event = new Delta(List.of(level), List.of());
      String symbol = books.get(book).symbol;
      Update update = new Update(symbol, Channel.BOOK, ++seq[book], loop.millis(), event);
      books.get(book).accept(shardSeq++, update);
      loop.turn();
    }

    void join(int book, boolean reads) {
      FakeClient client = new FakeClient(false);
      client.stalled = !reads;
      Session session = floor.opened(client);
      clients.add(client);
      sessions.add(session);
      String symbol = books.get(book).symbol;
      Op.Key key = new Op.Key("book", Channel.BOOK, symbol, BookTopic.FULL, "");
      Op.Wanted wanted = new Op.Wanted(key, 0, false, false, null);
      Subscription subscription = session.subscribed(key, new Subscription(wanted, false));
      subscription.instrument = books.get(book);
      session.place(Joining.attach(session, subscription, floor.fanout));
      session.again();
      loop.turn();
    }

    void reply(int which) {
      sessions.get(which).control(new Replies(loop).notice("code", "x".repeat(2_000)));
      loop.turn();
    }

    long used() {
      return memory.metric().usedDirectMemory();
    }

    void discard() {
      clients.forEach(FakeClient::discard);
      floor.fanout.close();
    }
  }

  @Property(tries = 30)
  void thereIsNeverMoreThanTheBoundAndWhoReadsIsNotHurt(@ForAll long seed) {
    Random random = new Random(seed);
    long bound = 150_000L + random.nextInt(150_000);
    UnreadBudget budget = new UnreadBudget(bound, new SimpleMeterRegistry());
    List<Instance> node = List.of(new Instance(budget), new Instance(budget));
    for (Instance each : node) {
      each.join(SMALL, true);
      each.join(LARGE, true);
    }
    for (int i = 0; i < 400; i++) {
      Instance one = node.get(random.nextInt(4) == 0 ? 1 : 0);
      int what = random.nextInt(10);
      if (what < 4) {
        one.join(random.nextInt(2), random.nextInt(10) == 0);
      } else if (what < 7) {
        one.change(random.nextInt(2));
      } else {
        one.reply(random.nextInt(one.sessions.size()));
      }
      long used = node.stream().mapToLong(Instance::used).sum();
      // What others have written since they last told is not known, nor is a frame's capacity.
      assertThat(used).as("after " + i).isLessThan(bound + bound / 64 + 16 * 1024);
    }
    assertThat(closed(node)).as("somebody had to go").isPositive();
    for (Instance each : node) {
      each.change(SMALL);
      each.change(LARGE);
      for (FakeClient client : each.clients) {
        if (!client.stalled) {
          assertThat(client.closed).isNull();
          client.known.forEach(
              (name, book) ->
                  assertThat(book.seq).isEqualTo(each.seq[name.contains("SMALL") ? SMALL : LARGE]));
        } else if (client.closed != null) {
          assertThat(client.closed).isEqualTo(CloseCode.SLOW_CONSUMER);
          assertThat(client.pending()).isZero();
        }
      }
      each.discard();
    }
  }

  private static long closed(List<Instance> node) {
    return node.stream().flatMap(i -> i.clients.stream()).filter(c -> c.closed != null).count();
  }

  @Test
  void thoseWithTheMostUnreadGoFirst() {
    UnreadBudget budget = new UnreadBudget(400_000, new SimpleMeterRegistry());
    Instance one = new Instance(budget);
    for (int i = 0; i < 10; i++) {
      one.join(SMALL, false);
    }
    for (int i = 0; i < 60; i++) {
      one.reply(3);
      one.reply(i % 2 == 0 ? 3 : 7);
    }
    while (closed(List.of(one)) == 0) {
      one.join(SMALL, false);
    }
    assertThat(one.clients.get(3).closed).isEqualTo(CloseCode.SLOW_CONSUMER);
    assertThat(closed(List.of(one))).isOne();
    one.discard();
  }

  /** Of a snapshot that many hold there is one, however many do not read it. */
  @Test
  void whatIsSharedIsCountedOnce() {
    UnreadBudget budget = new UnreadBudget(1_000_000, new SimpleMeterRegistry());
    Instance one = new Instance(budget);
    for (int i = 0; i < 500; i++) {
      one.join(LARGE, false);
    }
    long pending = one.clients.stream().mapToLong(FakeClient::pending).sum();
    assertThat(pending).isGreaterThan(5_000_000);
    assertThat(closed(List.of(one))).isZero();
    one.discard();
  }
}
