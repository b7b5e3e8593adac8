package dev.tidegate.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Operations.Draining;
import dev.tidegate.bus.Operations.RoleCount;
import dev.tidegate.bus.Operations.Roles;
import dev.tidegate.bus.Operations.Shown;
import dev.tidegate.loop.EventLoops;
import dev.tidegate.telemetry.Metrics;
import dev.tidegate.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminVerticleIT {
  private static final String TOKEN = "0123456789abcdef";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = new Bus(vertx.eventBus());
  private final Metrics metrics = new Metrics("n1");
  private final Readiness readiness = new Readiness();
  private final EventLoops loops = new EventLoops(metrics.registry());
  private int port;

  @BeforeEach
  void start() throws Exception {
    Codecs.register(vertx.eventBus());
    port = deploy(new AdminConfig("127.0.0.1", 0, null));
  }

  @AfterEach
  void stop() throws Exception {
    Await.get(vertx.close());
    metrics.close();
    client.close();
  }

  @Test
  void isLiveBeforeItIsReadyAndUnreadyWhenItDrains() throws Exception {
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/health/ready").statusCode()).isEqualTo(503);
    readiness.started();
    assertThat(json(get("/health/ready")).path("status").asText()).isEqualTo("ready");

    bus.publishHere(Operations.DRAINING, new Draining("another-node", 1000));
    bus.publishHere(Operations.DRAINING, new Draining("n1", 1000));
    awaitStatus("/health/ready", 503);
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void isNotLiveWhenSomethingFailsOnAnEventLoop() throws Exception {
    assertThat(json(get("/health/live")).path("status").asText()).isEqualTo("live");
    Await.get(
        vertx.deployVerticle(
            new VerticleBase() {
              @Override
              public Future<?> start() {
                loops.of(context, "stream-3").failed("the fan-out", new OutOfMemoryError("a test"));
                return Future.succeededFuture();
              }
            }));
    HttpResponse<String> answer = get("/health/live");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(json(answer).path("status").asText()).isEqualTo("ailing");
    assertThat(json(answer).at("/why/0").asText()).startsWith("stream-3: the fan-out failed");
  }

  @Test
  void showsMetricsThatPrometheusReads() throws Exception {
    metrics.registry().counter("tidegate.test.things").increment();
    HttpResponse<String> answer = get("/metrics");
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/plain; version=0.0.4");
    assertThat(answer.body())
        .contains("tidegate_test_things_total{node=\"n1\"} 1.0")
        .contains("jvm_memory_used_bytes");
  }

  @Test
  void showsAndChangesRoles() throws Exception {
    bus.answerHere(
        Operations.ROLES,
        Roles.class,
        wanted -> Future.succeededFuture(new Roles("n1", List.of(new RoleCount("STREAM", 2, 0)))));
    bus.answerHere(
        Operations.SCALE,
        Roles.class,
        scale ->
            scale.role().equals("STREAM")
                ? Future.succeededFuture(
                    new Roles("n1", List.of(new RoleCount("STREAM", scale.instances(), 0))))
                : Future.failedFuture("role: " + scale.role() + " (expected INGRESS or STREAM)"));

    assertThat(json(get("/admin/v1/roles")).at("/roles/0/instances").asInt()).isEqualTo(2);
    JsonNode raised = json(post("/admin/v1/roles/STREAM", "{\"instances\":3}"));
    assertThat(raised.at("/roles/0/instances").asInt()).isEqualTo(3);

    HttpResponse<String> unknown = post("/admin/v1/roles/NOBODY", "{\"instances\":3}");
    assertProblem(unknown, 400, "/problems/bad-request");
    assertThat(json(unknown).path("detail").asText())
        .isEqualTo("role: NOBODY (expected INGRESS or STREAM)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "{",
        "[]",
        "3",
        "null",
        "{}",
        "{\"instances\":\"3\"}",
        "{\"instances\":3.5}",
        "{\"instances\":-1}",
        "{\"instances\":257}",
        "{\"instances\":1e99}",
        "{\"instances\":3,\"force\":true}"
      })
  void saysWhatItExpectedOfARole(String body) throws Exception {
    HttpResponse<String> answer = post("/admin/v1/roles/STREAM", body);
    assertProblem(answer, 400, "/problems/bad-request");
    assertThat(json(answer).path("detail").asText()).contains("expected {\"instances\": N}");
  }

  @Test
  void saysThatTheNodeIsNotThereYet() throws Exception {
    assertProblem(get("/admin/v1/roles"), 503, "/problems/unavailable");
  }

  @Test
  void gathersThePartsOfEveryInstance() throws Exception {
    shows("n2", "stream-0", "{\"sessions\":[{\"id\":\"b\"}]}");
    shows("n1", "stream-1", "{\"sessions\":[{\"id\":\"a\"}]}");
    shows("n1", "stream-0", "not json");
    JsonNode body = json(get("/admin/v1/sessions"));
    assertThat(body.path("complete").asBoolean()).isTrue();
    assertThat(body.path("parts").findValuesAsText("instance"))
        .containsExactly("stream-0", "stream-1", "stream-0");
    assertThat(body.at("/parts/1/data/sessions/0/id").asText()).isEqualTo("a");
    assertThat(body.at("/parts/0/data/unreadable").asText()).isEqualTo("not json");

    assertThat(json(get("/admin/v1/sessions?node=n2")).path("parts")).hasSize(1);
    assertThat(json(get("/admin/v1/sessions?node=local")).path("parts")).hasSize(3);
  }

  @Test
  void findsOneThingOrSaysThatNobodyHasIt() throws Exception {
    bus.hear(
        Operations.show("sessions"),
        show ->
            bus.send(
                Operations.shown(show.replyTo()),
                new Shown("n1", "stream-0", "s-1".equals(show.id()) ? "{\"id\":\"s-1\"}" : "{}")));
    assertThat(json(get("/admin/v1/sessions/s-1")).at("/parts/0/data/id").asText())
        .isEqualTo("s-1");
    assertProblem(get("/admin/v1/sessions/s-2"), 404, "/problems/not-found");
  }

  @Test
  void boundsWhatItGathers() throws Exception {
    String part = "\"" + "x".repeat(1 << 20) + "\"";
    for (int i = 0; i < 12; i++) {
      shows("n1", "stream-" + i, part);
    }
    JsonNode body = json(get("/admin/v1/sessions"));
    assertThat(body.path("complete").asBoolean()).isFalse();
    assertThat(body.path("parts")).hasSize(7);
  }

  @Test
  void listsWhatThereIsAndServesTheConsole() throws Exception {
    JsonNode index = json(get("/admin/v1/"));
    for (JsonNode link : index.path("links")) {
      assertThat(get(link.asText()).statusCode()).as(link.asText()).isIn(200, 503);
    }
    HttpResponse<String> console = get("/");
    assertThat(console.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
    assertThat(console.body()).contains("<title>Tidegate</title>").doesNotContain("http://");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/nowhere,404,not-found",
    "GET,/admin/v1/nonsense,404,not-found",
    "GET,/admin/v1/sessions?limit=0,400,bad-request",
    "GET,/admin/v1/sessions?limit=x,400,bad-request",
    "DELETE,/health/live,405,method-not-allowed",
    "DELETE,/admin/v1/roles/STREAM,405,method-not-allowed",
    "POST,/metrics,405,method-not-allowed",
  })
  void refusesWithAProblem(String method, String path, int status, String slug) throws Exception {
    HttpResponse<String> answer =
        send(HttpRequest.newBuilder(uri(path)).method(method, BodyPublishers.noBody()));
    assertProblem(answer, status, "/problems/" + slug);
  }

  @Test
  void refusesABodyThatIsTooLarge() throws Exception {
    HttpResponse<String> answer = post("/admin/v1/roles/STREAM", " ".repeat(70_000));
    assertProblem(answer, 413, "/problems/body-too-large");
  }

  @Test
  void refusesWhatABrowserCanBeTrickedInto() throws Exception {
    HttpResponse<String> form =
        send(
            HttpRequest.newBuilder(uri("/admin/v1/roles/STREAM"))
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("{\"instances\":0}")));
    assertProblem(form, 415, "/problems/unsupported-media-type");
    assertThat(rawStatus("GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n")).contains(" 403 ");
    assertThat(rawStatus("GET /metrics HTTP/1.1\r\nHost: localhost:1\r\n\r\n")).contains(" 200 ");
    assertThat(rawStatus("GET /metrics HTTP/1.1\r\nHost: [::1]:1\r\n\r\n")).contains(" 200 ");
  }

  @Test
  void survivesWhatIsNotHttp() throws Exception {
    assertThat(rawStatus("\u0000\u0001nonsense\r\n\r\n")).contains(" 400 ");
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void wantsTheTokenForEverythingButProbesAndThePage() throws Exception {
    port = deploy(new AdminConfig("127.0.0.1", 0, TOKEN));
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/").statusCode()).isEqualTo(200);
    assertProblem(get("/metrics"), 401, "/problems/unauthenticated");
    assertProblem(with("Bearer " + TOKEN + "x"), 401, "/problems/unauthenticated");
    assertProblem(with("Basic " + TOKEN), 401, "/problems/unauthenticated");
    assertThat(with("Bearer " + TOKEN).statusCode()).isEqualTo(200);
    assertThat(with("bearer " + TOKEN).statusCode()).isEqualTo(200);
  }

  private HttpResponse<String> with(String authorization) throws Exception {
    return send(HttpRequest.newBuilder(uri("/metrics")).header("Authorization", authorization));
  }

  private void shows(String node, String instance, String json) {
    bus.hear(
        Operations.show("sessions"),
        show -> bus.send(Operations.shown(show.replyTo()), new Shown(node, instance, json)));
  }

  private int deploy(AdminConfig config) throws Exception {
    AdminVerticle verticle =
        new AdminVerticle(config, metrics.registry(), "n1", readiness, loops, "admin-0");
    Await.get(vertx.deployVerticle(verticle));
    return verticle.port();
  }

  private void awaitStatus(String path, int status) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (get(path).statusCode() != status) {
      assertThat(System.nanoTime()).as(path + " is " + status).isLessThan(deadline);
    }
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String type)
      throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .isEqualTo("application/problem+json");
    assertThat(json(answer).path("type").asText()).isEqualTo(type);
    assertThat(json(answer).path("status").asInt()).isEqualTo(status);
    assertThat(json(answer).path("requestId").asText())
        .isEqualTo(answer.headers().firstValue("X-Request-Id").orElseThrow());
  }

  private String rawStatus(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return String.valueOf(
          new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))
              .readLine());
    }
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(HttpRequest.newBuilder(uri(path)));
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(
        request.timeout(Duration.ofSeconds(10)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private static JsonNode json(HttpResponse<String> answer) throws IOException {
    return JSON.readTree(answer.body());
  }
}
