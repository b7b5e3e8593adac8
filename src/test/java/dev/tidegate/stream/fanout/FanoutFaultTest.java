package dev.tidegate.stream.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.stream.FakeClient;
import dev.tidegate.stream.FakeMarket;
import dev.tidegate.stream.TestFanout;
import dev.tidegate.stream.encode.Shape;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.topic.EventsTopic;
import dev.tidegate.stream.topic.LatestTopic;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is thrown on the way to one, the others get their data, and the one gets it later. */
class FanoutFaultTest {
  private final SteppedLoop loop = new SteppedLoop();
  private final TestFanout floor = new TestFanout(loop);
  private final Fanout fanout = floor.fanout;
  private final LatestTopic ticker = new LatestTopic(1, "AAA", Channel.TICKER, fanout);
  private final List<FakeClient> clients =
      List.of(new FakeClient(false), new FakeClient(false), new FakeClient(false));

  static List<Throwable> whateverCanBeThrown() {
    return List.of(
        new IllegalStateException("a fault"),
        new OutOfMemoryError("Cannot reserve direct buffer memory"),
        new AssertionError("a broken invariant"));
  }

  /** The first two are alike; the third is a cohort of its own. */
  @BeforeEach
  void gather() {
    loop.expectFailures();
    for (int i = 0; i < clients.size(); i++) {
      Session session = floor.session(clients.get(i));
      Lane lane = session.lane(new Shape(0, i == 2 ? 2 : 1, false, false, false));
      lane.add(ticker);
      session.place(lane);
    }
    loop.turn();
  }

  private void tick(long seq) {
    ticker.follow(seq, seq, FakeMarket.ticker("100"));
  }

  @ParameterizedTest
  @MethodSource("whateverCanBeThrown")
  void aWriteThatFailsIsMadeUpFor(Throwable thrown) {
    clients.getFirst().fails = thrown;
    tick(1);
    loop.turn();
    assertThat(clients.get(1).frames).as("of the same cohort").isOne();
    assertThat(clients.getLast().frames).as("of another cohort").isOne();
    assertThat(loop.failures()).containsExactly(thrown);
    clients.getFirst().fails = null;
    loop.advance(200);
    assertThat(clients).allSatisfy(client -> assertThat(client.frames).isOne());
    tick(2);
    loop.turn();
    assertThat(clients).allSatisfy(client -> assertThat(client.frames).isEqualTo(2));
    assertThat(loop.failures()).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("whateverCanBeThrown")
  void whoHasMuchToCatchUpWithIsTriedAgainAfterThePauseAndNotEachTurn(Throwable thrown) {
    EventsTopic trades = new EventsTopic(2, "AAA", Channel.TRADES, 20_000, fanout);
    FakeClient client = new FakeClient(false);
    Session session = floor.session(client);
    Lane lane = session.lane(new Shape(0, 3, false, false, false));
    lane.add(trades);
    session.place(lane);
    trades.follow(1, 1, FakeMarket.trade("t1"));
    loop.turn();
    client.stalled = true;
    int count = 4 * EventsTopic.PIECE;
    for (int i = 2; i <= count; i++) {
      trades.follow(i, i, FakeMarket.trade("t" + i));
      loop.turn();
    }
    client.stalled = false;
    client.flush();
    client.fails = thrown;
    session.drained();
    for (int i = 0; i < 20; i++) {
      loop.step();
    }
    assertThat(loop.failures()).containsExactly(thrown);
    client.fails = null;
    loop.advance(200);
    assertThat(client.known.get("trades AAA 0").seq).isEqualTo(count);
  }

  @ParameterizedTest
  @MethodSource("whateverCanBeThrown")
  void aFlushOfASocketThatFailsKeepsNobodyWaiting(Throwable thrown) {
    clients.getFirst().flushFails = thrown;
    tick(1);
    loop.turn();
    assertThat(clients.get(1).frames).isOne();
    assertThat(clients.getLast().frames).isOne();
    assertThat(loop.failures()).containsExactly(thrown);
    clients.getFirst().flushFails = null;
    loop.advance(200);
    assertThat(clients.getFirst().frames).as("flushed again").isOne();
    tick(2);
    loop.turn();
    assertThat(clients).allSatisfy(client -> assertThat(client.frames).isEqualTo(2));
  }
}
