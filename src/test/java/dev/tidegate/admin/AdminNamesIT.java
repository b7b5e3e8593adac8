package dev.tidegate.admin;

import static dev.tidegate.testing.SpelledNames.nothing;
import static dev.tidegate.testing.SpelledNames.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Operations.Roles;
import dev.tidegate.bus.Operations.RulesAnswered;
import dev.tidegate.bus.Operations.Show;
import dev.tidegate.bus.Operations.Shown;
import dev.tidegate.loop.EventLoops;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.problem.Problem;
import dev.tidegate.telemetry.Metrics;
import dev.tidegate.testing.Names;
import dev.tidegate.testing.RawAnswer;
import dev.tidegate.testing.SpelledNames;
import dev.tidegate.testing.SpelledNames.Row;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Names and methods of all that the admin listener does. */
@Timeout(120)
class AdminNamesIT {
  private static final String ROOT = "/admin/v1/";
  private static final String REST =
      "Host: localhost\r\nContent-Type: application/json\r\n"
          + "Content-Length: 15\r\nConnection: close\r\n\r\n{\"instances\":1}";

  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = new Bus(vertx.eventBus());
  private final Metrics metrics = new Metrics("n1");
  private int port;

  @BeforeEach
  void start() {
    Codecs.register(vertx.eventBus());
    AdminVerticle verticle =
        new AdminVerticle(
            new AdminConfig("127.0.0.1", 0, null),
            metrics.registry(),
            "n1",
            new Readiness(),
            new EventLoops(metrics.registry()),
            "admin-0");
    vertx.deployVerticle(verticle).await();
    port = verticle.port();
    bus.answerHere(
        Operations.SCALE, Roles.class, scale -> Future.failedFuture("role: " + scale.role()));
    bus.answerHere(
        Operations.RULES,
        RulesAnswered.class,
        asked ->
            Future.succeededFuture(
                new RulesAnswered(
                    Problem.NOT_FOUND, asked.verb() + " " + asked.kind() + " " + asked.id())));
    Views.KINDS.forEach(kind -> bus.hear(Operations.show(kind), this::show));
  }

  /** One node of each name, and all of them have whatever is asked for. */
  private void show(Show show) {
    String json = JsonNodeFactory.instance.objectNode().put("id", show.id()).toString();
    for (String node : Names.AWKWARD) {
      bus.send(Operations.shown(show.replyTo()), new Shown(node, "i", json));
    }
  }

  @AfterEach
  void stop() {
    vertx.close().await();
    metrics.close();
  }

  private List<Call> calls() {
    Pages pages =
        new Pages(new Readiness(), List::of, "n", type -> Future.succeededFuture(Buffer.buffer()));
    return new AdminApi(
            new AdminConfig("127.0.0.1", 0, null),
            "n",
            bus,
            new SteppedLoop(),
            new Random(1),
            pages)
        .calls();
  }

  @Test
  void everyNameIsReadRightOrRefused() {
    Set<String> places =
        calls().stream()
            .flatMap(call -> SpelledNames.places(call.method(), call.path(), call.parameters()))
            .collect(Collectors.toSet());
    Map<String, Row> rows = new HashMap<>();
    rows.put(
        "POST /admin/v1/roles/:role role",
        Row.path("POST", sent -> ROOT + "roles/" + sent, nothing(400, "role: %s")));
    rows.put(
        "DELETE /admin/v1/announcements/:id id",
        Row.path("DELETE", sent -> ROOT + "announcements/" + sent, nothing(404, "%s: nobody")));
    for (String verb : List.of("GET", "PUT", "PATCH", "DELETE")) {
      rule(rows, verb, "tiers");
    }
    for (String verb : List.of("GET", "DELETE")) {
      rule(rows, verb, "revocations");
      rule(rows, verb, "bans");
    }
    for (String kind : Views.KINDS) {
      view(rows, kind);
    }
    SpelledNames.check(port, REST, places, rows);
  }

  private static void rule(Map<String, Row> rows, String verb, String kind) {
    rows.put(
        verb + " " + ROOT + kind + "/:id id",
        Row.path(verb, sent -> ROOT + kind + "/" + sent, nothing(404, verb + " " + kind + " %s")));
  }

  private static void view(Map<String, Row> rows, String kind) {
    String all = ROOT + kind;
    rows.put(
        "GET " + all + "/:id id",
        Row.path("GET", sent -> all + "/" + sent, (answer, meant) -> hasPart(answer, "id", meant)));
    for (String path : List.of(all, all + "/:id")) {
      rows.put(
          "GET " + path + " limit",
          Row.query("GET", sent -> path + "?limit=" + sent, refused("limit")));
      rows.put(
          "GET " + path + " node",
          Row.query("GET", sent -> path + "?node=" + sent, AdminNamesIT::isOfNode));
    }
  }

  private static void hasPart(RawAnswer answer, String field, String value) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.json().at("/parts/0/data/" + field).asText()).isEqualTo(value);
  }

  private static void isOfNode(RawAnswer answer, String node) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.json().path("parts").findValuesAsText("node")).containsExactly(node);
  }

  @Test
  void everyPathTakesItsMethodsAndNoOther() {
    Map<String, Set<String>> methods = new HashMap<>();
    for (Call call : calls()) {
      methods
          .computeIfAbsent(call.path().replaceAll(":[a-z]+", "x"), k -> new TreeSet<>())
          .addAll(call.methods().toList());
    }
    methods.forEach(
        (path, takes) -> {
          for (String method :
              List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "LINK")) {
            RawAnswer answer = ask(method, path);
            String what = method + " " + path;
            if (takes.contains(method)) {
              assertThat(answer.status()).as(what).isNotIn(405, 500);
            } else {
              assertThat(answer.status()).as(what).isEqualTo(405);
              assertThat(answer.headers().get("allow").split(", "))
                  .as(what)
                  .containsExactlyInAnyOrderElementsOf(takes);
            }
          }
          if (path.length() > 1) {
            assertThat(ask("GET", path + "/x/y").status()).as(path + "/x/y").isEqualTo(404);
            assertThat(ask("DELETE", path + "/x/y").status()).as(path + "/x/y").isEqualTo(404);
          }
        });
  }

  private RawAnswer ask(String method, String path) {
    return RawAnswer.of(port, method + " " + path + " HTTP/1.1\r\n" + REST);
  }
}
