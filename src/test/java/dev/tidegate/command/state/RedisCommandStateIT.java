package dev.tidegate.command.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.bus.Commands.PrivateEvents;
import dev.tidegate.bus.Commands.ReadPrivate;
import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.command.CommandBackend;
import dev.tidegate.command.CommandConfig;
import dev.tidegate.command.Harness;
import dev.tidegate.command.log.CommandLog.Position;
import dev.tidegate.command.state.CommandState.Draft;
import dev.tidegate.config.Settings;
import dev.tidegate.redis.RedisUnavailable;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.RedisServer;
import io.vertx.core.Future;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisCommandStateIT extends CommandStateContract {
  private static Harness harness;
  private static CommandState state;

  @BeforeAll
  static void open() {
    harness = new Harness(backend(RedisServer.shared()));
    state = harness.openState();
  }

  @AfterAll
  static void close() {
    harness.close();
  }

  @Override
  CommandState state() {
    return state;
  }

  @Override
  <T> T on(Supplier<Future<T>> action) {
    return harness.on(action);
  }

  @Test
  void nothingIsKeptForEver() {
    accept(state, "ttl-" + UUID.randomUUID());
    Redis redis = Redis.createClient(harness.vertx, RedisServer.shared().uri());
    for (var key :
        Await.get(redis.send(Request.cmd(io.vertx.redis.client.Command.KEYS, "tidegate:*")))) {
      long ttl =
          Await.get(redis.send(Request.cmd(io.vertx.redis.client.Command.PTTL, key.toString())))
              .toLong();
      assertThat(ttl).as(key.toString()).isPositive();
    }
  }

  @Test
  void scriptsComeBackAfterTheServerForgotThem() {
    Redis redis = Redis.createClient(harness.vertx, RedisServer.shared().uri());
    Await.get(redis.send(Request.cmd(io.vertx.redis.client.Command.SCRIPT, "FLUSH")));
    assertThat(accept(state, "flush-" + UUID.randomUUID())).isNotNull();
  }

  @Test
  void aRestartGoesOnWithTheNumbersUnderANewEpoch() {
    try (RedisServer server = RedisServer.start();
        Harness own = new Harness(backend(server))) {
      CommandState of = own.openState();
      String consumer = "restart";
      PrivateEvents start = read(own, of, consumer, null, 0);
      accept(own, of, consumer);
      server.kill();
      Await.await("noticed", Duration.ofSeconds(3), () -> !of.available());
      server.restart();
      Await.await("back", Duration.ofSeconds(5), of::available);
      accept(own, of, consumer);

      PrivateEvents resumed = read(own, of, consumer, start.epoch(), 0);
      assertThat(resumed.epoch()).isNotEqualTo(start.epoch());
      assertThat(resumed.recovered()).isTrue();
      assertThat(resumed.transitions()).extracting(Transition::seq).containsExactly(1L, 2L);
      // A client that saw more of the old epoch than the server remembers has seen what was lost.
      assertThat(read(own, of, consumer, start.epoch(), 2).recovered()).isFalse();
    }
  }

  @Test
  void aServerThatLostEverythingStartsANewEpoch() {
    String consumer = "wiped-" + UUID.randomUUID();
    PrivateEvents start = read(harness, state, consumer, null, 0);
    accept(state, consumer);
    Redis redis = Redis.createClient(harness.vertx, RedisServer.shared().uri());
    for (var key :
        Await.get(
            redis.send(Request.cmd(io.vertx.redis.client.Command.KEYS, "*" + consumer + "*")))) {
      Await.get(redis.send(Request.cmd(io.vertx.redis.client.Command.DEL, key.toString())));
    }
    accept(state, consumer);
    PrivateEvents after = read(harness, state, consumer, start.epoch(), 1);
    assertThat(after.epoch()).isNotEqualTo(start.epoch());
    assertThat(after.recovered()).isFalse();
    assertThat(after.lastSeq()).isEqualTo(1);
  }

  @Test
  void aFrozenServerFailsOneRequestByTimeoutAndTheNextAtOnce() {
    try (RedisServer server = RedisServer.start();
        Harness own = new Harness(backend(server))) {
      CommandState of = own.openState();
      server.freeze();
      assertThatThrownBy(() -> read(own, of, "x", null, 0)).isInstanceOf(RedisUnavailable.class);
      assertThat(of.available()).as("known to be away, so nothing waits for it").isFalse();
      assertThatThrownBy(() -> read(own, of, "x", null, 0)).isInstanceOf(RedisUnavailable.class);
      server.thaw();
      Await.await("back", Duration.ofSeconds(5), of::available);
      assertThat(read(own, of, "x", null, 0).lastSeq()).isZero();
    }
  }

  private static CommandBackend backend(RedisServer server) {
    return CommandBackend.of(Settings.of(CommandConfig.class, "{}"), null, server.uri());
  }

  private Draft accept(CommandState of, String consumer) {
    return accept(harness, of, consumer);
  }

  private static Draft accept(Harness on, CommandState of, String consumer) {
    long now = System.currentTimeMillis();
    String id = new CommandIds(() -> now, new SplittableRandom()).next(consumer);
    Draft draft = new Draft(id, consumer, "requests", null, "", now, now + 1000);
    on.on(() -> of.accepted(draft, new Position("commands", 0, 1), now));
    return draft;
  }

  private static PrivateEvents read(
      Harness on, CommandState of, String consumer, String epoch, long after) {
    return on.on(
        () ->
            of.readPrivate(
                new ReadPrivate(consumer, "requests", epoch, after, 100),
                System.currentTimeMillis()));
  }
}
