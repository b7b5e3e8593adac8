package dev.tidegate.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.config.Settings;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.policy.Nobody;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.session.FakeInstance;
import dev.tidegate.testing.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is ended, when the loop turns and when it has stood still itself. */
class SessionWatchTest {
  private static final StreamConfig CONFIG =
      Settings.of(
          StreamConfig.class, "host: 127.0.0.1\nport: 0\nping: 15s\ngone: 30s\nidle: 60s\n");

  private final Vertx vertx = Vertx.vertx();
  private final SteppedLoop loop = new SteppedLoop();
  private FakeInstance instance;
  private SessionWatch watch;

  @BeforeEach
  void start() {
    Codecs.register(vertx.eventBus());
    instance =
        new FakeInstance(loop, new Bus(vertx.eventBus()), new SimpleMeterRegistry(), new Nobody());
    watch = new SessionWatch(CONFIG, instance.sessions, instance.shards, loop);
    loop.every(Sweep.EVERY, () -> watch.sessions(loop.nanos()));
  }

  @AfterEach
  void stop() {
    Await.get(vertx.close());
  }

  private FakeClient open() {
    FakeClient client = new FakeClient(false);
    instance.open(client, "127.0.0.1", null);
    client.heardAt = loop.nanos();
    return client;
  }

  @Test
  void aSilentClientIsAskedAndThenGivenUp() {
    FakeClient client = open();
    loop.advance(14_000);
    assertThat(client.asked).isZero();
    loop.advance(2_000);
    assertThat(client.asked).isPositive();
    loop.advance(15_000);
    assertThat(client.cut).isTrue();
  }

  @Test
  void afterAStandstillEachIsAskedAtOnceAndNobodyIsCut() {
    FakeClient there = open();
    FakeClient mute = open();
    loop.advance(1_000);
    loop.stand(35_000);
    assertThat(there.asked).isOne();
    assertThat(mute.asked).isOne();
    loop.advance(500);
    there.heardAt = loop.nanos();
    loop.advance(9_000);
    assertThat(mute.closed).as("it has time to answer").isNull();
    loop.advance(1_000);
    assertThat(there.closed).isNull();
    assertThat(mute.closed).isEqualTo(CloseCode.UNHEARD);
    assertThat(there.cut || mute.cut).as("cut without a word").isFalse();
  }

  @Test
  void anotherStandstillGivesThemTheWholeTimeAgain() {
    FakeClient client = open();
    loop.stand(35_000);
    loop.advance(9_000);
    loop.stand(35_000);
    loop.advance(9_000);
    assertThat(client.closed).isNull();
    loop.advance(2_000);
    assertThat(client.closed).isEqualTo(CloseCode.UNHEARD);
  }

  @Test
  void theyAreToldToComeBackAtDifferentTimes() {
    Set<String> told = new HashSet<>();
    FakeClient[] all = new FakeClient[200];
    for (int i = 0; i < all.length; i++) {
      all[i] = open();
    }
    loop.stand(35_000);
    loop.advance(11_000);
    for (FakeClient one : all) {
      assertThat(one.reason).contains("retryAfter=");
      told.add(one.reason.substring(one.reason.lastIndexOf('=') + 1));
    }
    assertThat(told).hasSizeGreaterThan(100);
  }

  @Test
  void ourStandstillIsNoIdlenessOfTheirs() {
    FakeClient client = open();
    loop.advance(1_000);
    loop.stand(90_000);
    client.heardAt = loop.nanos() + 1;
    loop.advance(50_000);
    assertThat(client.closed).isNull();
    loop.advance(11_000);
    assertThat(client.closed).isEqualTo(CloseCode.IDLE);
  }
}
