package dev.tidegate.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Commands.Accepted;
import dev.tidegate.bus.Commands.Receipt;
import dev.tidegate.bus.Commands.Refused;
import dev.tidegate.bus.Commands.Result;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Submit;
import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Operations.Show;
import dev.tidegate.command.log.CommandRecords;
import dev.tidegate.command.state.CommandIds;
import dev.tidegate.command.state.CommandState.Draft;
import dev.tidegate.command.state.CommandState.Proceed;
import dev.tidegate.config.Settings;
import dev.tidegate.problem.Problem;
import dev.tidegate.testing.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The life of a command with everything in memory. */
class CommandVerticleTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  private final CommandConfig config =
      Settings.of(
          CommandConfig.class,
          "{maxBody: 1000, appendTimeout: 100ms, stateTimeout: 20ms, lease: 300ms}");
  private final CommandBackend backend = CommandBackend.of(config, null, null);
  private final CommandNode node = new CommandNode(backend, 2);

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void anOrderIsAcceptedRunAndFound() {
    node.startWorker(backend);
    Accepted accepted = (Accepted) submit(order("k", "{\"price\":100.10}"));
    assertThat(accepted.record().status()).isEqualTo(Status.ACCEPTED);
    Stored done = await(accepted.record().id(), Status.COMPLETED);
    assertThat(text(done.result())).contains("\"price\":100.1").contains("\"orderId\":\"o-");
    assertThat(node.find(done.id(), "bob")).isNull();
    Await.await("all is published", SOON, () -> node.heard.size() == 6);
    assertThat(node.heard.stream().filter(t -> t.channel().equals("orders")))
        .extracting(t -> t.record().status())
        .containsExactly(Status.ACCEPTED, Status.PROCESSING, Status.COMPLETED);
  }

  @Test
  void anOrderMayFail() {
    node.startWorker(backend);
    Accepted accepted = (Accepted) submit(order(null, "{\"fail\":true}"));
    assertThat(await(accepted.record().id(), Status.FAILED).result().status()).isEqualTo(422);
  }

  @Test
  void repetitionReplaysAndMisuseIsRefused() {
    Accepted first = (Accepted) submit(order("k", "{\"a\":1}"));
    Accepted again = (Accepted) submit(order("k", "{\"a\":1}"));
    assertThat(again.replayed()).isTrue();
    assertThat(again.record()).isEqualTo(first.record());
    assertThat(refused(order("k", "{\"a\":2}")).problem())
        .isEqualTo(Problem.IDEMPOTENCY_KEY_REUSED);
  }

  @Test
  void rubbishIsRefusedWithAReason() {
    for (String body : List.of("{", "{} {}", "nul", "{\"a\":\"\u0001\"}")) {
      assertThat(refused(order(null, body)).problem()).as(body).isEqualTo(Problem.INVALID_COMMAND);
    }
    assertThat(refused(order("k".repeat(256), "{}")).problem()).isEqualTo(Problem.BAD_REQUEST);
    assertThat(refused(order(null, "\"" + "x".repeat(1000) + "\"")).problem())
        .isEqualTo(Problem.BODY_TOO_LARGE);
  }

  @Test
  void anAttemptThatCrashedAfterItsAppendIsTakenOverAndRunsOnce() {
    Submit order = order("k", "{\"a\":1}");
    long now = System.currentTimeMillis();
    String id = new CommandIds(() -> now, new SplittableRandom(1)).next("alice");
    Draft crashed =
        new Draft(id, "alice", "orders", "k", new Fingerprint().of(order), now, order.deadline());
    Await.get(backend.memoryState().begin(crashed, now));
    Await.get(
        backend
            .memoryLog()
            .append("commands", order.account(), CommandRecords.command(id, order, now)));
    node.startWorker(backend);

    Accepted taken = (Accepted) submit(order);

    assertThat(taken.record().id()).isEqualTo(id);
    await(id, Status.COMPLETED);
    assertThat(node.heard.stream().filter(t -> t.channel().equals("orders")))
        .extracting(t -> t.record().status())
        .containsOnlyOnce(Status.ACCEPTED, Status.PROCESSING, Status.COMPLETED);
    assertThat(Await.get(backend.memoryState().begin(crashed, now))).isNotInstanceOf(Proceed.class);
  }

  @Test
  void whatCannotBeUsedNeverStopsTheResults() {
    for (String rubbish : List.of("", "{", "[]", "{\"id\":\"x\",\"status\":\"completed\"}")) {
      Await.get(
          backend
              .memoryLog()
              .append("command.results", "a", rubbish.getBytes(StandardCharsets.UTF_8)));
    }
    node.startWorker(backend);
    Accepted accepted = (Accepted) submit(order(null, "{}"));
    await(accepted.record().id(), Status.COMPLETED);
    Await.await(
        "the rubbish is counted",
        SOON,
        () ->
            node.registry.find("tidegate.command.results.skipped").counters().stream()
                    .mapToDouble(c -> c.count())
                    .sum()
                == 4);
  }

  @Test
  void deadLettersAreKept() {
    List<String> dead = new CopyOnWriteArrayList<>();
    try (Harness harness = new Harness(backend)) {
      harness.on(
          () ->
              backend
                  .memoryLog()
                  .follow(
                      "commands.dead",
                      harness.loop(),
                      e -> dead.add(new String(e.value(), StandardCharsets.UTF_8))));
      node.startWorker(backend);
      Await.get(
          backend.memoryLog().append("commands", "a", "[1]".getBytes(StandardCharsets.UTF_8)));
      Await.await("it arrives", SOON, () -> dead.size() == 1);
      assertThat(dead).containsExactly("{\"why\":\"not a command\",\"command\":[1]}");
    }
  }

  @Test
  void showsItself() {
    List<String> shown = new CopyOnWriteArrayList<>();
    node.bus.hear(Operations.shown("parts"), part -> shown.add(part.json()));
    node.bus.publish(Operations.show("commands"), new Show("commands", null, 10, "parts"));
    Await.await("both instances answer", SOON, () -> shown.size() == 2);
    assertThat(shown.getFirst()).contains("\"log\":\"embedded\"").contains("\"inFlight\":0");
  }

  private Receipt submit(Submit submit) {
    return Await.get(node.submit(submit));
  }

  private Refused refused(Submit submit) {
    return (Refused) submit(submit);
  }

  private Stored await(String id, Status status) {
    Await.await(
        id + " is " + status,
        SOON,
        () -> {
          Stored found = node.find(id, "alice");
          return found != null && found.status() == status;
        });
    return node.find(id, "alice");
  }

  private static Submit order(String key, String body) {
    return CommandNode.order("alice", key, body, "commands");
  }

  private static String text(Result result) {
    return new String(result.body(), StandardCharsets.UTF_8);
  }
}
