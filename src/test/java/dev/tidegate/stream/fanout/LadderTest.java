package dev.tidegate.stream.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.FakeClient;
import dev.tidegate.stream.FakeMarket;
import dev.tidegate.stream.TestFanout;
import dev.tidegate.stream.encode.Shape;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.session.Cursors;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Subscription;
import dev.tidegate.stream.topic.LatestTopic;
import dev.tidegate.stream.topic.Topic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class LadderTest {
  private final SteppedLoop loop = new SteppedLoop();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final TestFanout floor = new TestFanout(loop, UnpooledByteBufAllocator.DEFAULT, registry);
  private final Fanout fanout = floor.fanout;
  private final Ladder ladder = new Ladder(fanout, floor.meters, new Replies(loop));
  private final FakeClient client = new FakeClient(false);
  private final Session session = floor.session(client);

  private final LatestTopic ticker = new LatestTopic(1, "AAA", Channel.TICKER, fanout);
  private long seq;

  private void tick() {
    ticker.follow(++seq, seq, FakeMarket.ticker("100"));
    loop.turn();
  }

  private List<String> notices() {
    List<String> codes = new ArrayList<>();
    client.replies.forEach(reply -> codes.add(reply.path("code").asText()));
    return codes;
  }

  private void seconds(int count) {
    for (int i = 0; i < count; i++) {
      tick();
      loop.advance(1_000);
      ladder.check(loop.nanos(), 30_000_000_000L);
      loop.turn();
    }
  }

  private void stall() {
    Lane lane = session.lane(new Shape(0, 1, false, false, false));
    lane.add(ticker);
    session.place(lane);
    tick();
    client.stalled = true;
    tick();
    tick();
    assertThat(lane.behind()).isTrue();
  }

  @Test
  void operatorsSeeOnWhichStepItIsAndHowLongItHasWaited() {
    stall();
    seconds(2);
    assertThat(slowOn(2)).isEqualTo(1);
    assertThat(slowOn(0)).isZero();
    assertThat(registry.get("tidegate.stream.behind").gauge().value()).isBetween(1.5, 2.5);
    client.stalled = false;
    client.flush();
    session.drained();
    loop.turn();
    seconds(40);
    assertThat(slowOn(2)).isZero();
    assertThat(registry.get("tidegate.stream.behind").gauge().value()).isZero();
  }

  private double slowOn(int step) {
    String tag = Integer.toString(step);
    return registry.get("tidegate.stream.slow").tag("step", tag).gauge().value();
  }

  @Test
  void climbsStepByStepAndComesDownAgain() {
    stall();
    seconds(2);
    assertThat(session.lag().step).isEqualTo(2);
    seconds(5);
    assertThat(session.lag().step).isEqualTo(4);
    client.stalled = false;
    client.flush();
    session.drained();
    loop.turn();
    seconds(40);
    assertThat(session.lag()).isNull();
    assertThat(notices())
        .containsExactly(
            "slow-consumer",
            "slow-consumer",
            "slow-consumer",
            "slow-consumer",
            "recovering",
            "recovering",
            "recovering",
            "recovering");
  }

  @Test
  void closesWhoReadsNothingAtAllAndSaysWhy() {
    stall();
    seconds(29);
    assertThat(client.closed).isNull();
    seconds(2);
    assertThat(client.closed).isEqualTo(CloseCode.SLOW_CONSUMER);
    assertThat(client.reason).matches("too slow: nothing was read for 30 s; retryAfter=\\d{4}");
  }

  /** A topic that counts how often it is compared with another one. */
  private final class Counted extends LatestTopic {
    Counted(int id) {
      super(id, "S" + id, Channel.TICKER, fanout);
    }

    @Override
    public boolean equals(Object other) {
      compared++;
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  private long compared;

  @Test
  void thousandsOfTopicsAreNotComparedEachWithEach() {
    final int count = 3_000;
    Lane lane = session.lane(new Shape(0, 1, false, false, false));
    List<Topic> topics = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Topic topic = new Counted(1 + count - i);
      topic.restart("e1", 1, 1, false);
      topics.add(topic);
      lane.add(topic);
      lane.join(Join.fresh(topic, 0));
    }
    session.place(lane);
    session.again();
    loop.turn();
    assertThat(lane.joins()).isEmpty();

    lane.add(ticker);
    session.place(lane);
    assertThat(lane.joins()).extracting(join -> join.topic).containsExactly(ticker);
    for (Topic topic : topics) {
      assertThat(Cursors.since(following(topic, lane)))
          .isEqualTo(new Op.Since(topic.numbering(), 1));
    }
    compared = 0;
    session.place(lane);
    lane.remove(new HashSet<>(topics.subList(0, count / 2)));
    session.place(lane);
    topics.forEach(topic -> Cursors.since(following(topic, lane)));
    assertThat(lane.topics()).hasSize(count / 2 + 1);
    assertThat(compared).isLessThan(10L * count);
  }

  private static Subscription following(Topic topic, Lane lane) {
    Op.Key key = new Op.Key("ticker", Channel.TICKER, topic.subject.symbol(), 0, "");
    Subscription subscription = new Subscription(new Op.Wanted(key, 0, false, false, null), false);
    subscription.topic = topic;
    subscription.lane = lane;
    return subscription;
  }
}
