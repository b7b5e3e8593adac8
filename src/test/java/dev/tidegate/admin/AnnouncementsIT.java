package dev.tidegate.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.bus.Announcements;
import dev.tidegate.bus.Announcements.Announced;
import dev.tidegate.bus.Announcements.Announcement;
import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.bus.NoticeBoard;
import dev.tidegate.loop.EventLoops;
import dev.tidegate.telemetry.Metrics;
import dev.tidegate.testing.Await;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnnouncementsIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = new Bus(vertx.eventBus());
  private final BlockingQueue<Announced> said = new LinkedBlockingQueue<>();
  private int first;

  @BeforeEach
  void start() throws Exception {
    Codecs.register(vertx.eventBus());
    bus.hear(Announcements.ANNOUNCED, said::add);
    first = node("n1");
  }

  @AfterEach
  void stop() throws Exception {
    Await.get(vertx.close());
    client.close();
  }

  private int node(String name) throws Exception {
    Metrics metrics = new Metrics(name);
    AdminVerticle verticle =
        new AdminVerticle(
            new AdminConfig("127.0.0.1", 0, null),
            metrics.registry(),
            name,
            new Readiness(),
            new EventLoops(metrics.registry()),
            "admin-0");
    Await.get(vertx.deployVerticle(verticle));
    return verticle.port();
  }

  @Test
  void isMadeOnOneNodeListedOnAllAndTakenBackOnAnother() throws Exception {
    final int second = node("n2");
    Instant until = Instant.now().plusSeconds(3600);
    HttpResponse<String> made =
        send(
            "POST",
            first,
            "",
            "{\"symbol\":\"BTC-USD\",\"state\":\"maintenance\",\"detail\":\"new pump\","
                + "\"from\":\"2026-01-01T00:00:00Z\",\"until\":\""
                + until
                + "\"}");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    JsonNode announced = JSON.readTree(made.body());
    assertThat(announced.path("symbol").asText()).isEqualTo("BTC-USD");
    Announced told = said.poll(10, TimeUnit.SECONDS);
    assertThat(told).isNotNull();
    assertThat(told.announcements().getFirst().detail()).isEqualTo("new pump");

    final int late = node("n3");
    for (int port : new int[] {first, second, late}) {
      assertThat(await(port, 1)).isEqualTo(announced);
    }
    String path = "/" + announced.path("id").asText();
    assertThat(send("DELETE", late, path, null).statusCode()).isEqualTo(200);
    for (int port : new int[] {first, second, late}) {
      await(port, 0);
    }
    assertThat(send("DELETE", first, path, null).statusCode()).isEqualTo(404);
  }

  /** What was taken back has to be remembered, but not at the price of what is new. */
  @Test
  void isKeptWhenVeryManyWereTakenBack() throws Exception {
    long now = Instant.now().toEpochMilli() * 1000;
    List<Announcement> ended = new ArrayList<>();
    for (int i = 0; i < 10 * NoticeBoard.MOST; i++) {
      ended.add(
          new Announcement(
              "e" + i, "*", "maintenance", "", now, now + 3_600_000_000L, now + i, true));
    }
    bus.publish(Announcements.ANNOUNCED, new Announced("n2", ended));
    assertThat(said.poll(10, TimeUnit.SECONDS)).isNotNull();
    assertThat(send("POST", first, "", "{\"symbol\":\"*\"}").statusCode()).isEqualTo(201);
    assertThat(await(first, 1).path("symbol").asText()).isEqualTo("*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{}",
        "{\"symbol\":\"\"}",
        "{\"symbol\":7}",
        "{\"symbol\":\"*\",\"state\":\"live\"}",
        "{\"symbol\":\"*\",\"when\":1}",
        "{\"symbol\":\"*\",\"from\":\"tomorrow\"}",
        "{\"symbol\":\"*\",\"until\":\"2001-01-01T00:00:00Z\"}",
        "{\"symbol\":\"*\",\"until\":\"2999-01-01T00:00:00Z\"}",
        "{\"symbol\":\"*\",\"until\":\"+1000000000-12-31T23:59:59.999999999Z\"}"
      })
  void refusesWhatItDoesNotUnderstand(String body) throws Exception {
    HttpResponse<String> answer = send("POST", first, "", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(JSON.readTree(answer.body()).path("detail").asText()).isNotEmpty();
    assertThat(await(first, 0)).isNull();
  }

  private JsonNode await(int port, int count) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (true) {
      JsonNode list = JSON.readTree(send("GET", port, "", null).body()).path("announcements");
      if (list.size() == count) {
        return list.get(0);
      }
      assertThat(System.nanoTime()).as("announcements: " + list).isLessThan(deadline);
    }
  }

  private HttpResponse<String> send(String method, int port, String path, String body)
      throws Exception {
    return client.send(
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + port + "/admin/v1/announcements" + path))
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(10))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
