package dev.tidegate.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.bus.Codecs;
import dev.tidegate.loop.EventLoops;
import dev.tidegate.rules.ConfiguredTier;
import dev.tidegate.rules.Rules;
import dev.tidegate.rules.RulesVerticle;
import dev.tidegate.rules.TierLimits;
import dev.tidegate.telemetry.Metrics;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The operator's side of the rules, over HTTP, with what keeps them. */
class RulesApiIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final Vertx vertx = Vertx.vertx();
  private final Metrics metrics = new Metrics("n1");
  private final Rules rules = new Rules();
  private int port;

  @BeforeEach
  void start() {
    Codecs.register(vertx.eventBus());
    AdminVerticle admin =
        new AdminVerticle(
            new AdminConfig("127.0.0.1", 0, null),
            metrics.registry(),
            "n1",
            new Readiness(),
            new EventLoops(metrics.registry()),
            "admin-0");
    vertx.deployVerticle(admin).await();
    port = admin.port();
  }

  @AfterEach
  void stop() {
    vertx.close().await();
    metrics.close();
    client.close();
  }

  private void keeper() {
    ConfiguredTier vip = new ConfiguredTier(new TierLimits(0, 0, 100, 100, 0), true);
    vertx
        .deployVerticle(new RulesVerticle(rules, Map.of("vip", vip), metrics.registry(), "n1"))
        .await();
  }

  private HttpResponse<String> send(String method, String path, String body) throws Exception {
    return send(method, path, body, "application/json");
  }

  private HttpResponse<String> send(String method, String path, String body, String type)
      throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/admin/v1/" + path))
            .timeout(Duration.ofSeconds(10))
            .header("Content-Type", type)
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> answer, int status) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JSON.readTree(answer.body());
  }

  @Test
  void putsWhatIsOrderedInForce() throws Exception {
    keeper();
    HttpResponse<String> answer = send("POST", "bans", "{\"address\":\"203.0.113.0/24\"}");
    JsonNode ban = json(answer, 201);
    String place = answer.headers().firstValue("Location").orElseThrow();
    assertThat(place).isEqualTo("/admin/v1/bans/" + ban.path("id").asText());
    assertThat(ban.path("by").asText()).isEqualTo("127.0.0.1");
    assertThat(rules.current().bannedAddress("203.0.113.4")).isNotNull();
    String path = place.substring("/admin/v1/".length());
    assertThat(json(send("GET", path, ""), 200).path("address").asText())
        .isEqualTo("203.0.113.0/24");
    assertThat(json(send("DELETE", path, ""), 200).path("version").asLong()).isEqualTo(2);
    assertThat(rules.current().bannedAddress("203.0.113.4")).isNull();
    assertThat(json(send("DELETE", path, ""), 404).path("type").asText())
        .isEqualTo("/problems/not-found");

    json(send("PATCH", "tiers/vip", "{\"messagesPerSecond\":5}"), 200);
    assertThat(rules.current().limits("vip", true).messagesPerSecond()).isEqualTo(5);
    assertThat(json(send("GET", "tiers", ""), 200).at("/tiers/0/limits/messagesPerSecond").asInt())
        .isEqualTo(5);
    json(send("DELETE", "tiers/vip", ""), 200);
    assertThat(rules.current().limits("vip", true)).isEqualTo(TierLimits.NONE);
    assertThat(json(send("GET", "revocations", ""), 200).path("version").asLong()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          POST  | bans         | {"address":"1.2.3"}     | 400 | address: 1.2.3 (expected an address
          POST  | bans         | nonsense                | 400 | body (expected one JSON object
          POST  | bans         | {"who":"me"}            | 400 | who: not known (expected only address
          POST  | revocations  | {}                      | 400 | body (expected one of consumer
          PUT   | tiers/vip    | {"subscriptions":"9"}   | 400 | subscriptions (expected 1..
          PUT   | tiers/vip    | {"subscriptions":0}     | 400 | subscriptions (expected 1..
          PATCH | tiers/vip    | {}                      | 400 | body (expected at least one of
          PUT   | tiers/gold   | {"subscriptions":9}     | 404 | tier: gold (expected one of [vip])
          DELETE| tiers/gold   | ''                      | 404 | tier: gold (expected one of [vip])
          GET   | bans/b-0     | ''                      | 404 | bans: no b-0
          DELETE| bans/%00     | ''                      | 400 | target: a character
          DELETE| bans/%01     | ''                      | 404 | bans: no
          """)
  void saysWhatItExpected(String method, String path, String body, int status, String detail)
      throws Exception {
    keeper();
    JsonNode problem = json(send(method, path, body), status);
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("detail").asText()).startsWith(detail == null ? "" : detail);
    assertThat(rules.current().version()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          POST   | tiers     | GET, HEAD
          POST   | tiers/vip | GET, HEAD, PUT, PATCH, DELETE
          PUT    | bans      | GET, HEAD, POST
          DELETE | bans      | GET, HEAD, POST
          PUT    | bans/b-1  | GET, HEAD, DELETE
          DELETE | sessions  | GET, HEAD
          """)
  void namesTheMethodsThatItTakes(String method, String path, String allowed) throws Exception {
    HttpResponse<String> answer = send(method, path, "{}");
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).contains(allowed);
  }

  @ParameterizedTest
  @CsvSource({"POST, bans", "PUT, tiers/vip", "PATCH, tiers/vip"})
  void takesOnlyJson(String method, String path) throws Exception {
    keeper();
    json(send(method, path, "{\"consumer\":\"alice\"}", "text/plain"), 415);
    assertThat(rules.current().version()).isZero();
  }

  @Test
  void saysThatTheNodeIsNotThereYetAndWhatThereIs() throws Exception {
    json(send("GET", "bans", ""), 503);
    assertThat(json(send("GET", "", ""), 200).path("links").toString())
        .contains("/admin/v1/tiers", "/admin/v1/revocations", "/admin/v1/bans");
  }
}
