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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A crowd is written to in slices, so that others have their turn of the loop. */
class FanoutSliceTest {
  private static final int CROWD = 2500;

  private final SteppedLoop loop = new SteppedLoop();
  private final Fanout fanout =
      new Fanout(
          loop,
          new Frames(UnpooledByteBufAllocator.DEFAULT, 1),
          new Pressure(false),
          new StreamMeters(new SimpleMeterRegistry(), 0, System::nanoTime));
  private final LatestTopic ticker = new LatestTopic(1, "AAA", Channel.TICKER, "", fanout);
  private final List<FakeClient> clients = new ArrayList<>();
  private long seq;

  @BeforeEach
  void gather() {
    for (int i = 0; i < CROWD; i++) {
      FakeClient client = new FakeClient(false);
      Session session =
          new Session(
              "s" + i,
              "a",
              Codec.JSON,
              false,
              client,
              Settings.of(Tier.class, "rank: 1"),
              fanout,
              new Random(1));
      Lane lane = session.lane(new Shape(0, 1, false, false, false));
      lane.add(ticker);
      session.place(lane);
      clients.add(client);
    }
    loop.turn();
  }

  private void tick() {
    ticker.follow(++seq, seq, FakeMarket.ticker("100"));
  }

  private long served() {
    return clients.stream().filter(client -> client.frames > 0).count();
  }

  @Test
  void othersHaveTheirTurnBetweenTwoSlices() {
    tick();
    loop.step();
    assertThat(served()).isBetween(1L, CROWD - 1L);
    boolean[] had = new boolean[1];
    loop.execute(() -> had[0] = served() < CROWD);
    loop.turn();
    assertThat(had[0]).as("a turn before all were served").isTrue();
    assertThat(clients).allSatisfy(client -> assertThat(client.frames).isOne());
  }

  @Test
  void whatComesMeanwhileWaitsUntilAllHadTheirs() {
    tick();
    loop.step();
    tick();
    tick();
    loop.step();
    assertThat(clients).allSatisfy(client -> assertThat(client.frames).isLessThan(2));
    loop.turn();
    assertThat(clients)
        .allSatisfy(
            client -> {
              assertThat(client.known.get("ticker AAA 0").seq).isEqualTo(3);
              assertThat(client.frames).isEqualTo(2);
            });
  }
}
