package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.bus.Commands;
import dev.tidegate.bus.Commands.Accepted;
import dev.tidegate.bus.Commands.Find;
import dev.tidegate.bus.Commands.Found;
import dev.tidegate.bus.Commands.Receipt;
import dev.tidegate.bus.Commands.Refused;
import dev.tidegate.bus.Commands.Result;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Submit;
import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.ingress.RawHttp.Answer;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import dev.tidegate.rules.Rule;
import dev.tidegate.rules.RuleSet;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Asynchronous requests over real sockets, answered by a small COMMAND role on the bus. */
@Timeout(60)
class AsyncIT {
  private static final long NOON = 1_795_262_400_000L;

  private TestGateway gateway;
  private final Map<String, Stored> records = new ConcurrentHashMap<>();
  private final AtomicInteger ids = new AtomicInteger();
  private volatile Submit submitted;
  private volatile Function<Submit, Future<Receipt>> command =
      submit -> {
        Stored record =
            new Stored(
                "r-" + ids.incrementAndGet(), submit.consumer(), Status.ACCEPTED, NOON, NOON, null);
        records.put(record.id(), record);
        return Future.succeededFuture(new Accepted(record, submit.idempotencyKey() != null));
      };

  @BeforeEach
  void start() {
    gateway =
        new TestGateway()
            .routes(
                Routes.of(
                    "id: orders, path: /v1/orders, methods: [POST], async: {channel: orders}, auth: either"),
                Routes.of(
                    "id: records, prefix: /v1/requests, methods: [GET], local: requests, auth: either"),
                Routes.of("id: problems, prefix: /problems, methods: [GET], local: problems"))
            .start();
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private void withCommands() {
    Future<Void> submits =
        gateway
            .bus
            .answer(
                Commands.SUBMIT,
                Receipt.class,
                submit -> {
                  submitted = submit;
                  return command.apply(submit);
                })
            .completion();
    Future<Void> finds =
        gateway
            .bus
            .answer(
                Commands.FIND,
                Found.class,
                (Find find) -> {
                  Stored record = records.get(find.id());
                  boolean mine = record != null && record.consumer().equals(find.consumer());
                  return Future.succeededFuture(new Found(mine ? record : null));
                })
            .completion();
    Future.all(submits, finds).await();
  }

  private void move(String id, Status status, @Nullable Result result) {
    Stored before = records.get(id);
    Stored after =
        new Stored(id, before.consumer(), status, before.acceptedAt(), NOON + 1500, result);
    records.put(id, after);
    gateway.bus.publish(
        Commands.outcome(Commands.shardOf(before.consumer())),
        new Transition(before.consumer(), "requests", "e1", 1, after));
  }

  private static Result created() {
    return new Result(201, "{\"order\":\n7}".getBytes(StandardCharsets.UTF_8));
  }

  private static String post(String headers) {
    return "POST /v1/orders?a=b HTTP/1.1\r\nHost: h\r\nX-API-Key: alice-key\r\n"
        + "Content-Type: application/json\r\nContent-Length: 9\r\n"
        + headers
        + "\r\n{\"qty\":1}";
  }

  private static String get(String id, String key, String headers) {
    return "GET /v1/requests/"
        + id
        + " HTTP/1.1\r\nHost: h\r\nX-API-Key: "
        + key
        + "\r\n"
        + headers
        + "\r\n";
  }

  @Test
  void acceptsAndSaysWhereToLook() throws IOException {
    withCommands();
    Answer answer = RawHttp.once(gateway.port(), post("X-Trace: t\r\nCookie: c\r\n"));
    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.header("location")).isEqualTo("/v1/requests/r-1");
    assertThat(answer.body())
        .isEqualTo(
            "{\"id\":\"r-1\",\"status\":\"accepted\",\"acceptedAt\":\"2026-11-21T12:00:00.000Z\"}");
    assertThat(submitted.consumer()).isEqualTo("alice");
    assertThat(submitted.route()).isEqualTo("orders");
    assertThat(submitted.channel()).isEqualTo("orders");
    assertThat(submitted.path()).isEqualTo("/v1/orders?a=b");
    assertThat(submitted.contentType()).isEqualTo("application/json");
    assertThat(new String(submitted.body(), StandardCharsets.UTF_8)).isEqualTo("{\"qty\":1}");
    assertThat(submitted.headers())
        .contains(new Commands.Header("x-trace", "t"))
        .noneMatch(h -> h.name().equals("x-api-key") || h.name().equals("cookie"));
    assertThat(submitted.deadline()).isGreaterThan(System.currentTimeMillis() + 50_000);
  }

  @Test
  void passesTheIdempotencyKeyAndTellsOfAReplay() throws IOException {
    withCommands();
    Answer answer = RawHttp.once(gateway.port(), post("Idempotency-Key: k-1\r\n"));
    assertThat(answer.header("idempotent-replayed")).isEqualTo("true");
    assertThat(submitted.idempotencyKey()).isEqualTo("k-1");
    Answer tooLong =
        RawHttp.once(gateway.port(), post("Idempotency-Key: " + "k".repeat(256) + "\r\n"));
    assertThat(tooLong.status()).isEqualTo(400);
  }

  @Test
  void rendersRefusals() throws IOException {
    command =
        submit ->
            Future.succeededFuture(
                new Refused(
                    Problem.COMMAND_LOG_UNAVAILABLE, "the broker is away", Outcome.UNKNOWN, 3));
    withCommands();
    Answer answer = RawHttp.once(gateway.port(), post(""));
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("retry-after")).isEqualTo("3");
    assertThat(answer.body())
        .contains("/problems/command-log-unavailable")
        .contains("the broker is away")
        .contains("\"outcome\":\"unknown\"");
  }

  @Test
  void saysThatNothingWasSentWhenNobodyTakesCommands() throws IOException {
    Answer answer = RawHttp.once(gateway.port(), post(""));
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.body()).contains("\"outcome\":\"never-sent\"");
    assertThat(RawHttp.once(gateway.port(), get("r-1", "alice-key", "")).status()).isEqualTo(503);
  }

  @Test
  void needsAnIdentity() throws IOException {
    withCommands();
    String anonymous = post("").replace("X-API-Key: alice-key\r\n", "");
    assertThat(RawHttp.once(gateway.port(), anonymous).status()).isEqualTo(401);
  }

  @Test
  void waitsForTheEndWhenAsked() throws IOException {
    // Finished before the receipt is even back.
    command =
        submit -> {
          Promise<Receipt> receipt = Promise.promise();
          Stored record = new Stored("early", submit.consumer(), Status.ACCEPTED, NOON, NOON, null);
          records.put("early", record);
          move("early", Status.COMPLETED, created());
          gateway.vertx.setTimer(50, t -> receipt.complete(new Accepted(record, false)));
          return receipt.future();
        };
    withCommands();
    Answer answer = RawHttp.once(gateway.port(), post("Prefer: wait=5\r\n"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("preference-applied")).isEqualTo("wait=5");
    assertThat(answer.body())
        .isEqualTo(
            "{\"id\":\"early\",\"status\":\"completed\",\"acceptedAt\":\"2026-11-21T12:00:00.000Z\","
                + "\"updatedAt\":\"2026-11-21T12:00:01.500Z\","
                + "\"result\":{\"status\":201,\"body\":{\"order\":\n7}}}");
  }

  @Test
  void looksBeforeItWaitsForWhatIsOver() throws IOException {
    withCommands();
    RawHttp.once(gateway.port(), post("Idempotency-Key: k\r\n"));
    move("r-1", Status.COMPLETED, created());
    Stored first = new Stored("r-1", "alice", Status.ACCEPTED, NOON, NOON, null);
    command = submit -> Future.succeededFuture(new Accepted(first, true));
    Answer again = RawHttp.once(gateway.port(), post("Idempotency-Key: k\r\nPrefer: wait=600\r\n"));
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.body()).contains("\"status\":\"completed\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/orders",
        "/v1/./orders",
        "//v1/x/../orders",
        "/v1/%6frders",
        "http://h/v1/orders"
      })
  void takesTheSameRequestForTheSameHoweverItIsSpelled(String target) throws IOException {
    withCommands();
    String request = post("").replace("/v1/orders", target);
    assertThat(RawHttp.once(gateway.port(), request).status()).isEqualTo(202);
    assertThat(submitted.path()).isEqualTo("/v1/orders?a=b");
  }

  @Test
  void refusesTwoIdempotencyKeys() throws IOException {
    withCommands();
    Answer two = RawHttp.once(gateway.port(), post("Idempotency-Key: a\r\nIdempotency-Key: b\r\n"));
    assertThat(two.status()).isEqualTo(400);
    assertThat(two.body()).contains("Idempotency-Key: 2 lines (expected one)");
  }

  @Test
  void waitsNoLongerThanAsked() throws IOException {
    withCommands();
    long began = System.nanoTime();
    Answer answer = RawHttp.once(gateway.port(), post("Prefer: respond-async, wait=1\r\n"));
    assertThat(answer.status()).isEqualTo(202);
    assertThat(System.nanoTime() - began).isGreaterThan(900_000_000L);
  }

  @Test
  void showsARecordToItsOwnerOnly() throws IOException {
    withCommands();
    RawHttp.once(gateway.port(), post(""));
    assertThat(RawHttp.once(gateway.port(), get("r-1", "alice-key", "")).body())
        .contains("\"status\":\"accepted\"");
    assertThat(RawHttp.once(gateway.port(), get("r-1", "bob-key", "")).status()).isEqualTo(404);
    String noEvents = "Accept: application/json\r\nAccept: text/event-stream;q=0\r\n";
    assertThat(
            RawHttp.once(gateway.port(), get("r-1", "alice-key", noEvents)).header("content-type"))
        .startsWith("application/json");
    assertThat(RawHttp.once(gateway.port(), get("r-9", "alice-key", "")).status()).isEqualTo(404);
    assertThat(RawHttp.once(gateway.port(), get("%2e", "alice-key", "")).status()).isEqualTo(404);
    gateway.vertx.setTimer(100, t -> move("r-1", Status.FAILED, created()));
    assertThat(RawHttp.once(gateway.port(), get("r-1", "alice-key", "Prefer: wait=10\r\n")).body())
        .contains("\"status\":\"failed\"");
  }

  @Test
  void streamsTransitionsUntilTheLast() throws IOException {
    withCommands();
    RawHttp.once(gateway.port(), post(""));
    gateway.vertx.setTimer(100, t -> move("r-1", Status.PROCESSING, null));
    gateway.vertx.setTimer(200, t -> move("r-1", Status.COMPLETED, created()));
    Answer answer =
        RawHttp.once(gateway.port(), get("r-1", "alice-key", "Accept: text/event-stream\r\n"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).isEqualTo("text/event-stream");
    assertThat(answer.body())
        .containsSubsequence("event: accepted\n", "event: processing\n", "event: completed\n")
        .contains("\"body\":{\"order\": 7}}}\n\n");
  }

  @Test
  void breaksAStreamOffWhenItsCallerIsBanned() throws IOException {
    withCommands();
    RawHttp.once(gateway.port(), post(""));
    String request = get("r-1", "alice-key", "Accept: text/event-stream\r\n");
    try (RawHttp mine = new RawHttp(gateway.port());
        RawHttp other = new RawHttp(gateway.port())) {
      assertThat(mine.send(request).next()).isEqualTo('H');
      gateway.rules.set(banned("bob"));
      gateway.vertx.setTimer(100, t -> gateway.rules.set(banned("alice")));
      assertThatThrownBy(mine::read)
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(java.net.SocketTimeoutException.class);
      assertThat(other.send(request).read().status()).isEqualTo(403);
    }
    assertThat(
            gateway
                .meters
                .get("tidegate.rules.closes")
                .tag("cause", "banned-consumer")
                .counter()
                .count())
        .isOne();
  }

  private static RuleSet banned(String consumer) {
    return new RuleSet(1, List.of(new Rule.Ban("b-1", null, consumer, "", "ops", 1, 0)));
  }

  @Test
  void servesAPageForEveryProblem() throws IOException {
    for (dev.tidegate.problem.Problem problem : dev.tidegate.problem.Problem.values()) {
      Answer page =
          RawHttp.once(gateway.port(), "GET " + problem.type() + " HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(page.status()).isEqualTo(200);
      assertThat(page.header("content-type")).startsWith("text/html");
      assertThat(page.body()).contains(problem.title());
    }
    assertThat(
            RawHttp.once(gateway.port(), "GET /problems/nothing HTTP/1.1\r\nHost: h\r\n\r\n")
                .status())
        .isEqualTo(404);
  }
}
