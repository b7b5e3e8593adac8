package dev.tidegate.stream.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.config.Settings;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.stream.FakeClient;
import dev.tidegate.stream.FakeMarket;
import dev.tidegate.stream.encode.Codec;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.encode.Shape;
import dev.tidegate.stream.observe.StreamMeters;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Tier;
import dev.tidegate.stream.topic.LatestTopic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is thrown on the way to one, the others get their data, and the one gets it later. */
class FanoutFaultTest {
  private final SteppedLoop loop = new SteppedLoop();
  private final Fanout fanout =
      new Fanout(
          loop,
          new Frames(UnpooledByteBufAllocator.DEFAULT, 1),
          new Pressure(false),
          new StreamMeters(new SimpleMeterRegistry(), 0, System::nanoTime));
  private final LatestTopic ticker = new LatestTopic(1, "AAA", Channel.TICKER, "", fanout);
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
      Session session =
          new Session(
              "s" + i,
              "a",
              Codec.JSON,
              false,
              clients.get(i),
              Settings.of(Tier.class, "rank: 1"),
              fanout,
              new Random(1));
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
