package dev.tidegate.stream.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.stream.FakeClient;
import dev.tidegate.stream.FakeMarket;
import dev.tidegate.stream.TestFanout;
import dev.tidegate.stream.encode.Shape;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.topic.LatestTopic;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A crowd is written to in slices, so that others have their turn of the loop. */
class FanoutSliceTest {
  private static final int CROWD = 2500;

  private final SteppedLoop loop = new SteppedLoop();
  private final TestFanout floor = new TestFanout(loop);
  private final Fanout fanout = floor.fanout;
  private final LatestTopic ticker = new LatestTopic(1, "AAA", Channel.TICKER, fanout);
  private final List<FakeClient> clients = new ArrayList<>();
  private long seq;

  @BeforeEach
  void gather() {
    for (int i = 0; i < CROWD; i++) {
      FakeClient client = new FakeClient(false);
      Session session = floor.session(client);
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
