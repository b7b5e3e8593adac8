package dev.tidegate.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.bus.Commands.Accepted;
import dev.tidegate.bus.Commands.Receipt;
import dev.tidegate.bus.Commands.Refused;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Submit;
import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.command.log.CommandLog;
import dev.tidegate.config.Settings;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.KafkaBroker;
import dev.tidegate.testing.RedisServer;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The life of a command with a real broker and a real store. */
class CommandVerticleIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int ORDERS = 1000;

  private final String unique = UUID.randomUUID().toString();
  private final CommandConfig config = config("");

  /** So patient that a busy machine is not taken for an outage. */
  private final CommandConfig patient =
      config(", appendTimeout: 10s, stateTimeout: 5s, lease: 30s");

  @Test
  void everyOrderOfTwoNodesAtOnceIsHeldOnceAndAnsweredOnce() {
    CommandBackend backend = backend(patient, KafkaBroker.shared(), RedisServer.shared());
    List<String> held = new CopyOnWriteArrayList<>();
    try (CommandNode one = new CommandNode(backend, 2);
        CommandNode two = new CommandNode(backend, 1);
        Harness harness = new Harness(backend)) {
      awaitReady(one);
      awaitReady(two);
      one.startWorker(backend);
      List<Future<Receipt>> first = new ArrayList<>();
      List<Future<Receipt>> second = new ArrayList<>();
      for (int i = 0; i < ORDERS; i++) {
        Submit order = order("user-" + i % 20 + unique, "key-" + i, "{\"n\":" + i + "}");
        first.add(one.submit(order));
        second.add(two.submit(order));
      }
      Set<String> ids = new HashSet<>();
      for (int i = 0; i < ORDERS; i++) {
        Accepted a = accepted(first.get(i));
        Accepted b = accepted(second.get(i));
        assertThat(a.record()).isEqualTo(b.record());
        assertThat(Stream.of(a, b).filter(Accepted::replayed)).hasSize(1);
        ids.add(a.record().id());
      }
      assertThat(ids).hasSize(ORDERS);

      Await.await("all are done", SOON, () -> completed(one) + completed(two) >= ORDERS);
      CommandLog log = harness.openLog(config.topics().getFirst());
      harness.on(
          () ->
              log.follow(config.topics().getFirst(), harness.loop(), e -> held.add(id(e.value()))));
      assertThat(held).containsAll(ids).filteredOn(ids::contains).hasSize(ORDERS);
      // A rebalance may bring a report again: the same transition then, under the same number.
      Map<String, String> numbered = new HashMap<>();
      Stream.concat(steps(one), steps(two))
          .filter(t -> ids.contains(t.record().id()))
          .forEach(
              t -> {
                String step = t.record().id() + " " + t.record().status();
                String number = t.consumer() + " " + t.epoch() + " " + t.seq();
                String before = numbered.putIfAbsent(number, step);
                assertThat(before == null ? step : before).isEqualTo(step);
              });
      assertThat(numbered).hasSize(3 * ORDERS);
      assertThat(numbered.values()).doesNotHaveDuplicates();
      harness.on(log::close);
    }
  }

  @Test
  void outagesAreRefusedFastAndNothingThatWasAcceptedIsLost() {
    try (KafkaBroker broker = KafkaBroker.start();
        RedisServer redis = RedisServer.start()) {
      CommandBackend backend = backend(config, broker, redis);
      try (CommandNode node = new CommandNode(backend, 1)) {
        awaitReady(node);
        node.startWorker(backend);
        List<String> accepted = new CopyOnWriteArrayList<>();

        redis.freeze();
        outage(node, accepted, Problem.STATE_UNAVAILABLE);
        redis.thaw();
        accepted.add(resumes(node));

        redis.kill();
        outage(node, accepted, Problem.STATE_UNAVAILABLE);
        redis.restart();
        accepted.add(resumes(node));

        broker.freeze();
        outage(node, accepted, Problem.COMMAND_LOG_UNAVAILABLE);
        broker.thaw();
        accepted.add(resumes(node));

        for (String id : accepted) {
          Await.await(id + " is done", SOON, () -> isCompleted(node, id));
        }
      }
    }
  }

  private static Accepted accepted(Future<Receipt> answer) {
    Receipt receipt = Await.get(answer);
    assertThat(receipt).isInstanceOf(Accepted.class);
    return (Accepted) receipt;
  }

  /** The first requests may run into the timeout; the others may not. */
  private void outage(CommandNode node, List<String> accepted, Problem problem) {
    submitFor(node, accepted, 2);
    for (int i = 0; i < 20; i++) {
      Receipt receipt = Await.get(node.submit(order("alice", null, "{}")));
      assertThat(receipt)
          .isInstanceOfSatisfying(
              Refused.class,
              refused -> {
                assertThat(refused.problem()).isEqualTo(problem);
                assertThat(refused.outcome()).isEqualTo(Outcome.NEVER_SENT);
                assertThat(refused.retryAfter()).isPositive();
              });
    }
  }

  private void submitFor(CommandNode node, List<String> accepted, int count) {
    for (int i = 0; i < count; i++) {
      if (Await.get(node.submit(order("alice", null, "{}"))) instanceof Accepted a) {
        accepted.add(a.record().id());
      }
    }
  }

  private String resumes(CommandNode node) {
    String[] id = new String[1];
    String key = "resume-" + UUID.randomUUID();
    Await.await(
        "commands are accepted again",
        SOON,
        () -> {
          Receipt receipt = Await.get(node.submit(order("alice", key, "{}")));
          id[0] = receipt instanceof Accepted a ? a.record().id() : null;
          return id[0] != null;
        });
    return id[0];
  }

  private void awaitReady(CommandNode node) {
    resumes(node);
  }

  private static boolean isCompleted(CommandNode node, String id) {
    Stored found = node.find(id, "alice");
    return found != null && found.status() == Status.COMPLETED;
  }

  private static long completed(CommandNode node) {
    return steps(node)
        .filter(t -> t.consumer().startsWith("user-"))
        .filter(t -> t.record().status() == Status.COMPLETED)
        .count();
  }

  private static Stream<Transition> steps(CommandNode node) {
    return node.heard.stream().filter(t -> t.channel().equals("orders"));
  }

  private Submit order(String consumer, String key, String body) {
    return CommandNode.order(consumer, key, body, config.topics().getFirst());
  }

  private CommandConfig config(String more) {
    return Settings.of(
        CommandConfig.class,
        """
        {topics: [commands.%1$s], resultsTopic: results.%1$s, deadTopic: dead.%1$s, partitions: 4%2$s}
        """
            .formatted(unique, more));
  }

  private static CommandBackend backend(
      CommandConfig config, KafkaBroker broker, RedisServer redis) {
    return CommandBackend.of(config, Harness.kafka(broker.bootstrapServers()), redis.uri());
  }

  private static String id(byte[] value) {
    try {
      return new ObjectMapper().readTree(value).path("id").asText();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
