package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidegate.ingress.RawHttp.Answer;
import dev.tidegate.testing.Await;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One endpoint of two is dead: few notice, and then nobody. */
@Timeout(60)
class FitnessIT {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 1\r\n\r\nx";

  private static TestGateway before(String more, int... ports) {
    return new TestGateway()
        .routes(Routes.below("/"))
        .upstream(TestGateway.upstreamOf("backend", more, ports))
        .start();
  }

  private static RawBackend dead(String how) throws IOException {
    return switch (how) {
      case "breaks off" -> new RawBackend((connection, turn, request) -> null);
      case "says nothing" -> RawBackend.answering("");
      case "refuses" -> RawBackend.answering("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
      case "talks nonsense" -> RawBackend.answering("nonsense\r\n\r\n");
      default -> throw new AssertionError(how);
    };
  }

  private static JsonNode endpoint(TestGateway gateway, int port) throws IOException {
    for (JsonNode endpoint : gateway.upstreams().get("upstreams").get(0).get("endpoints")) {
      if (endpoint.get("address").asText().endsWith(":" + port)) {
        return endpoint;
      }
    }
    throw new AssertionError("not shown: " + port);
  }

  @ParameterizedTest
  @CsvSource({
    "breaks off,     roundRobin",
    "breaks off,     leastRequests",
    "says nothing,   roundRobin",
    "refuses,        roundRobin",
    "talks nonsense, roundRobin",
  })
  void atMostThreeCallersNoticeAndThenNone(String how, String balance) throws IOException {
    try (RawBackend dead = dead(how);
        RawBackend well = RawBackend.answering(OK);
        TestGateway gateway =
            before("balance: " + balance + ", timeout: 200ms", dead.port, well.port)) {
      int noticed = 0;
      for (int caller = 0; caller < 100; caller++) {
        noticed += RawHttp.once(gateway.port(), POST).status() == 200 ? 0 : 1;
        if (caller > 50) {
          assertThat(noticed).as("callers who notice in the end").isEqualTo(3);
        }
      }
      JsonNode shown = endpoint(gateway, dead.port);
      assertThat(shown.get("health").asText()).isEqualTo("out");
      assertThat(shown.get("why").asText()).startsWith("3 failures in a row: ");
      assertThat(shown.get("since").asText()).matches("20\\d\\d-.*Z");
      assertThat(endpoint(gateway, well.port).get("health").asText()).isEqualTo("in");
    }
  }

  @Test
  void nobodyNoticesOneThatCannotBeReached() throws IOException {
    int closed;
    try (ServerSocket taken = new ServerSocket(0)) {
      closed = taken.getLocalPort();
    }
    try (RawBackend well = RawBackend.answering(OK);
        TestGateway gateway = before("outlier: {out: 100ms}", closed, well.port)) {
      for (int caller = 0; caller < 50; caller++) {
        assertThat(RawHttp.once(gateway.port(), POST).status()).isEqualTo(200);
      }
      assertThat(endpoint(gateway, closed).get("health").asText()).isEqualTo("out");
      // It is tried again and again, by connections of the gateway's own.
      Await.await(
          () -> endpoint(gateway, closed).get("why").asText().equals("no connection to it"));
    }
  }

  @Test
  void comesBackOnceAConnectionCanBeMade() throws IOException {
    try (RawBackend first = new RawBackend((c, turn, r) -> c < 3 ? null : OK);
        RawBackend second = RawBackend.answering(OK);
        TestGateway gateway = before("outlier: {out: 200ms}", first.port, second.port)) {
      for (int caller = 0; caller < 10; caller++) {
        RawHttp.once(gateway.port(), POST);
      }
      Await.await(() -> endpoint(gateway, first.port).get("health").asText().equals("in"));
      int before = first.requests.size();
      for (int caller = 0; caller < 10; caller++) {
        assertThat(RawHttp.once(gateway.port(), POST).status()).isEqualTo(200);
      }
      assertThat(first.requests.size()).isGreaterThan(before);
    }
  }

  @Test
  void checksFindOutWithoutACallerAndBringItBack() throws IOException {
    AtomicBoolean ill = new AtomicBoolean(true);
    RawBackend.Script script =
        (connection, turn, request) ->
            ill.get() ? "HTTP/1.1 500 Ill\r\nContent-Length: 0\r\n\r\n" : OK;
    try (RawBackend first = new RawBackend(script);
        RawBackend second = RawBackend.answering(OK);
        TestGateway gateway =
            before("check: {path: /health, every: 100ms}", first.port, second.port)) {
      Await.await(() -> endpoint(gateway, first.port).get("health").asText().equals("out"));
      assertThat(endpoint(gateway, first.port).get("why").asText())
          .isEqualTo("2 checks failed in a row: status 500");
      for (int caller = 0; caller < 20; caller++) {
        assertThat(RawHttp.once(gateway.port(), POST).status()).isEqualTo(200);
      }
      assertThat(first.requests).allMatch(r -> r.head().startsWith("GET /health HTTP/1.1\r\n"));
      ill.set(false);
      Await.await(() -> endpoint(gateway, first.port).get("health").asText().equals("in"));
      assertThat(endpoint(gateway, first.port).get("why").asText())
          .isEqualTo("3 checks passed in a row");
    }
  }

  @Test
  void whereAllAreOutAllAreTried() throws IOException {
    AtomicBoolean ill = new AtomicBoolean(true);
    try (RawBackend only = new RawBackend((c, turn, r) -> ill.get() ? null : OK);
        TestGateway gateway = before("", only.port)) {
      for (int caller = 0; caller < 5; caller++) {
        assertThat(RawHttp.once(gateway.port(), POST).status()).isEqualTo(502);
      }
      assertThat(endpoint(gateway, only.port).get("health").asText()).isEqualTo("out");
      ill.set(false);
      Answer answer = RawHttp.once(gateway.port(), POST);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(endpoint(gateway, only.port).get("why").asText())
          .isEqualTo("it answered when all were out");
    }
  }
}
