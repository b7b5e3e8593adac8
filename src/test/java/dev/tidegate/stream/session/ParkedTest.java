package dev.tidegate.stream.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.policy.Nobody;
import dev.tidegate.stream.FakeClient;
import dev.tidegate.stream.TestFanout;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.Refusal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ParkedTest {
  private final SteppedLoop loop = new SteppedLoop();
  private final List<Op.Subscribe> tried = new ArrayList<>();
  private final Parked parked = new Parked(loop, this::again);
  private final TestFanout floor = new TestFanout(loop);

  private void again(Session session, Op.Subscribe op) {
    tried.add(op);
    try {
      parked.add(session, op);
    } catch (Refusal refusal) {
      throw new AssertionError(refusal);
    }
  }

  private Session session() {
    return floor.session(new FakeClient(false));
  }

  private static Op.Subscribe request(int channels) {
    List<Op.Wanted> wanted = new ArrayList<>();
    for (int i = 0; i < channels; i++) {
      Op.Key key = new Op.Key("book", Channel.BOOK, "ZZZ" + i, 0, "");
      wanted.add(new Op.Wanted(key, 0, false, false, null));
    }
    return new Op.Subscribe(null, wanted, Set.of(), Set.of());
  }

  @Test
  void oneTimerTriesEachOnceHoweverManyWait() throws Refusal {
    Session session = session();
    for (int i = 0; i < 100; i++) {
      parked.add(session, request(1));
    }
    assertThat(loop.timers()).isEqualTo(1);
    loop.advance(600);
    assertThat(tried).hasSize(100);
    parked.retry();
    assertThat(tried).hasSize(200);
    assertThat(loop.timers()).isEqualTo(1);
    loop.advance(1_000);
    assertThat(tried).hasSize(400);
    assertThat(loop.timers()).isEqualTo(1);
    session.ended();
    loop.advance(1_000);
    assertThat(tried).hasSize(400);
    assertThat(loop.timers()).isZero();
  }

  @Test
  void isBoundedInAllAndForEach() throws Refusal {
    Session greedy = session();
    for (int i = 0; i < Parked.MOST_EACH; i += 1_000) {
      parked.add(greedy, request(1_000));
    }
    assertThat(refusal(greedy).code).isEqualTo(Refusal.UNAVAILABLE);
    parked.add(session(), request(1));
    for (int i = Parked.MOST_EACH; i < Parked.MOST; i += 1_000) {
      parked.add(session(), request(1_000));
    }
    assertThat(refusal(session()).code).isEqualTo(Refusal.UNAVAILABLE);
    loop.advance(600);
    assertThat(tried).as("those that wait are not turned away").hasSize(Parked.MOST / 1_000 + 1);
  }

  private Refusal refusal(Session session) {
    return catchThrowableOfType(Refusal.class, () -> parked.add(session, request(1)));
  }

  @Test
  void requestsOfAJoiningNodeAreAnsweredOnceWithoutATimerEach() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      FakeInstance instance =
          new FakeInstance(
              loop, new Bus(vertx.eventBus()), new SimpleMeterRegistry(), new Nobody());
      Subscriptions subscriptions = instance.subscriptions;
      FakeClient client = new FakeClient(false);
      Session session = instance.open(client, "a", null);
      for (int i = 0; i < 50; i++) {
        subscriptions.subscribe(session, request(1));
      }
      for (int i = 0; i < 5; i++) {
        assertThat(loop.timers()).isEqualTo(1);
        loop.advance(500);
      }
      assertThat(client.replies).isEmpty();
      loop.advance(2_000);
      assertThat(client.replies).hasSize(50);
      assertThat(client.replies.getLast().path("code").asText()).isEqualTo("unknown-symbol");
      assertThat(loop.timers()).isZero();
    } finally {
      vertx.close().await();
    }
  }
}
