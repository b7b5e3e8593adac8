package dev.tidegate.stream.deadman;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.bus.Commands;
import dev.tidegate.bus.Commands.Receipt;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.policy.Identity;
import dev.tidegate.policy.Nobody;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import dev.tidegate.stream.FakeClient;
import dev.tidegate.stream.observe.StreamMeters;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.Refusal;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.session.FakeInstance;
import dev.tidegate.stream.session.Session;
import dev.tidegate.testing.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two sessions of one account on one instance: the older one is asked whether it is there. */
class DeadMenTest {
  private static final int GRACE = 500;

  private final Vertx vertx = Vertx.vertx();
  private final SteppedLoop loop = new SteppedLoop();
  private final Queue<String> cancelled = new ConcurrentLinkedQueue<>();
  private final List<Guest> guests = new ArrayList<>();
  private FakeInstance instance;
  private DeadMen deadMen;

  private final class Guest {
    final FakeClient client = new FakeClient(false);
    final Session session =
        instance.open(
            client,
            "127.0.0.1",
            new Identity("alice", "alice", "vip", Set.of(), Long.MAX_VALUE, "key:alice"));
    boolean gone;

    Guest() {
      client.heardAt = loop.nanos();
      guests.add(this);
    }

    void arms() throws Refusal {
      client.heardAt = loop.nanos();
      deadMen.arm(session, new Op.CancelOnDisconnect(null, true, GRACE, null, null));
    }

    void leaves() {
      gone = true;
      deadMen.ended(session);
    }
  }

  @BeforeEach
  void start() {
    Codecs.register(vertx.eventBus());
    Bus bus = new Bus(vertx.eventBus());
    bus.answer(
        Commands.SUBMIT,
        Receipt.class,
        submit -> {
          cancelled.add(submit.idempotencyKey());
          return Future.succeededFuture(
              new Commands.Refused(Problem.INTERNAL, "once is enough", Outcome.NEVER_SENT, 0));
        });
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    instance = new FakeInstance(loop, bus, registry, new Nobody());
    deadMen =
        new DeadMen(
            new CancelCommand("commands", "orders", "/v1/orders"),
            0,
            new Roster("n1", "run"),
            instance.sessions,
            loop,
            bus,
            new Replies(loop),
            new StreamMeters(registry, 1, System::nanoTime));
    deadMen.start();
    loop.every(Duration.ofMillis(250), this::turn);
    loop.advance(5_000);
  }

  private void turn() {
    deadMen.turn();
    for (Guest guest : guests) {
      if (guest.client.cut && !guest.gone) {
        guest.leaves();
      }
    }
  }

  @AfterEach
  void stop() {
    guests.forEach(guest -> guest.client.discard());
    Await.get(vertx.close());
  }

  private void cancelledFor(Guest guest) {
    String key = "cancel-on-disconnect-" + guest.session.id;
    Await.await(
        "a command for " + guest.session.id,
        () -> {
          loop.advance(100);
          return !cancelled.isEmpty();
        });
    assertThat(Set.copyOf(cancelled)).containsExactly(key);
  }

  private Guest[] two() throws Refusal {
    Guest older = new Guest();
    older.arms();
    loop.advance(1_000);
    Guest newer = new Guest();
    newer.arms();
    return new Guest[] {older, newer};
  }

  @Test
  void theOlderOneIsAskedAtOnceAndTheNewerIsNot() throws Refusal {
    Guest[] two = two();
    loop.advance(250);
    assertThat(two[0].client.asked).isOne();
    assertThat(two[1].client.asked).isZero();
  }

  @Test
  void whoGivesNoSignWithinFiveSecondsIsCancelledFor() throws Refusal {
    Guest[] two = two();
    loop.advance(4_900);
    assertThat(two[0].client.cut).isFalse();
    loop.advance(600);
    assertThat(two[0].client.cut).isTrue();
    assertThat(two[1].client.cut).isFalse();
    cancelledFor(two[0]);
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 2_000, 4_700})
  void whoGivesOneStaysAndIsCancelledForWhenItLeaves(int after) throws Refusal {
    Guest[] two = two();
    loop.advance(after);
    two[0].client.heardAt = loop.nanos();
    loop.advance(30_000);
    assertThat(two[0].client.cut).isFalse();
    assertThat(cancelled).isEmpty();
    two[0].leaves();
    loop.advance(GRACE);
    cancelledFor(two[0]);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 2_000, 4_900, 6_000, 20_000})
  void whoIsCutAfterTheOtherArmedIsCancelledFor(int after) throws Refusal {
    Guest[] two = two();
    for (int at = 0; at < after && !two[0].gone; at += 100) {
      two[0].client.heardAt = loop.nanos();
      loop.advance(100);
    }
    two[0].leaves();
    loop.advance(GRACE);
    cancelledFor(two[0]);
  }

  @Test
  void ourOwnStandstillIsNotHeldAgainstIt() throws Refusal {
    Guest[] two = two();
    loop.advance(1_000);
    loop.stand(35_000);
    loop.advance(4_500);
    assertThat(two[0].client.cut).isFalse();
    loop.advance(1_000);
    assertThat(two[0].client.cut).isTrue();
  }

  @Test
  void whoTakesNothingThatIsWrittenIsNotThereEither() throws Refusal {
    Guest[] two = two();
    two[0].client.stalled = true;
    two[0].session.control(new Replies(loop).notice("some", "thing"));
    loop.advance(4_900);
    assertThat(two[0].client.cut).isFalse();
    loop.advance(1_000);
    assertThat(two[0].client.cut).isTrue();
  }
}
