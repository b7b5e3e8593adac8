package dev.tidegate.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.bus.Commands.Accepted;
import dev.tidegate.bus.Commands.Receipt;
import dev.tidegate.bus.Commands.Refused;
import dev.tidegate.bus.Commands.Submit;
import dev.tidegate.command.log.CommandLog;
import dev.tidegate.command.log.LogUnavailable;
import dev.tidegate.command.state.CommandIds;
import dev.tidegate.command.state.CommandState;
import dev.tidegate.command.state.CommandState.Draft;
import dev.tidegate.command.state.EmbeddedCommandState;
import dev.tidegate.config.Settings;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.problem.Outcome;
import dev.tidegate.testing.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Any succession of attempts with one key on several nodes, whatever the log makes of each. */
class AcceptanceTest {
  private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");
  private static final int NODES = 3;
  private static Vertx vertx;

  private final CommandConfig config = Settings.of(CommandConfig.class, "{}");

  @BeforeContainer
  static void start() {
    vertx = Vertx.vertx();
    Codecs.register(vertx.eventBus());
  }

  @AfterContainer
  static void stop() {
    Await.get(vertx.close());
  }

  /** What a log may make of an append. */
  private enum Fate {
    CONFIRMED,
    WRITTEN_UNCONFIRMED,
    LOST_UNCONFIRMED,
    NEVER_SENT
  }

  /** A log that does with each append what it is told to. */
  private static final class FatefulLog {
    final List<String> ids = new ArrayList<>();
    Fate next = Fate.CONFIRMED;

    CommandLog log() {
      return (CommandLog)
          Proxy.newProxyInstance(
              FatefulLog.class.getClassLoader(),
              new Class<?>[] {CommandLog.class},
              (proxy, method, args) ->
                  method.getName().equals("available")
                      ? next != Fate.NEVER_SENT
                      : append((byte[]) args[2]));
    }

    private Future<CommandLog.Position> append(byte[] value) {
      if (next == Fate.CONFIRMED || next == Fate.WRITTEN_UNCONFIRMED) {
        Matcher id = ID.matcher(new String(value, StandardCharsets.UTF_8));
        assertThat(id.find()).isTrue();
        ids.add(id.group(1));
      }
      return next == Fate.CONFIRMED
          ? Future.succeededFuture(new CommandLog.Position("commands", 0, ids.size()))
          : Future.failedFuture(new LogUnavailable("as told", next == Fate.NEVER_SENT));
    }
  }

  @Property(tries = 500)
  void aKeyHasOneIdAndNeverSentIsTrue(@ForAll long seed) {
    Random random = new Random(seed);
    SteppedLoop loop = new SteppedLoop();
    CommandState state = new EmbeddedCommandState(config.retention(), () -> "e");
    FatefulLog log = new FatefulLog();
    List<Acceptance> nodes = new ArrayList<>();
    CommandMeters meters = new CommandMeters(new SimpleMeterRegistry(), "0");
    Outcomes outcomes = new Outcomes(new Bus(vertx.eventBus()), meters);
    for (int i = 0; i < NODES; i++) {
      nodes.add(
          new Acceptance(
              config, log.log(), state, outcomes, loop, meters, new SplittableRandom(i)));
    }
    Submit order = CommandNode.order("alice", "k", "{}", "commands");
    for (int attempt = 0; attempt < 12; attempt++) {
      log.next = Fate.values()[random.nextInt(Fate.values().length)];
      if (random.nextInt(6) == 0) {
        crash(state, order, loop, log, random);
      } else {
        check(Await.get(submit(nodes.get(random.nextInt(NODES)), order, loop)), log);
      }
      assertThat(log.ids.stream().distinct().count()).isLessThanOrEqualTo(1);
    }
  }

  private static Future<Receipt> submit(Acceptance node, Submit order, SteppedLoop loop) {
    Future<Receipt> receipt = node.submit(order);
    for (int i = 0; i < 20 && !receipt.isComplete(); i++) {
      loop.advance(500);
    }
    return receipt;
  }

  /** A node that dies on the way; its append may have come through. */
  private void crash(
      CommandState state, Submit order, SteppedLoop loop, FatefulLog log, Random random) {
    String id = new CommandIds(loop::millis, new SplittableRandom(random.nextLong())).next("alice");
    long now = loop.millis();
    Draft draft =
        new Draft(id, "alice", "orders", "k", new Fingerprint().of(order), now, order.deadline());
    if (Await.get(state.begin(draft, now)) instanceof CommandState.Proceed proceed
        && random.nextBoolean()) {
      log.ids.add(proceed.id());
    }
    loop.advance(config.lease().toMillis() + 1);
  }

  private static void check(Receipt receipt, FatefulLog log) {
    if (receipt instanceof Accepted accepted) {
      assertThat(log.ids).contains(accepted.record().id());
    } else if (((Refused) receipt).outcome() == Outcome.NEVER_SENT) {
      assertThat(log.ids).isEmpty();
    }
  }
}
