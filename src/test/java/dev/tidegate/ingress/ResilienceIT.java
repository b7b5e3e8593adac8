package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidegate.ingress.RawHttp.Answer;
import dev.tidegate.testing.Await;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What callers notice of upstreams that fail: retries, circuit breakers, hedges, deadlines. */
@Timeout(60)
class ResilienceIT {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String BUSY = "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n";
  private static final String GET = "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n";
  private static final String PUT =
      "PUT / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 5\r\n\r\nhello";
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 1\r\n\r\nx";

  private static TestGateway before(String route, String more, int... ports) {
    return new TestGateway()
        .routes(Routes.of("id: all, prefix: /, upstream: backend" + route))
        .upstream(TestGateway.upstreamOf("backend", more, ports))
        .start();
  }

  private static double counted(TestGateway gateway, String name) {
    return gateway.meters.get(name).tag("upstream", "backend").counter().count();
  }

  private static JsonNode shown(TestGateway gateway) throws IOException {
    return gateway.upstreams().get("upstreams").get(0);
  }

  @Test
  void whatIsSafeIsSentToAnotherEndpoint() throws IOException {
    try (RawBackend dead = new RawBackend((c, turn, r) -> null);
        RawBackend well = RawBackend.answering(OK);
        TestGateway gateway = before("", "outlier: {failures: 0}", dead.port, well.port)) {
      for (int i = 0; i < 20; i++) {
        assertThat(RawHttp.once(gateway.port(), i % 2 == 0 ? GET : PUT).status()).isEqualTo(200);
      }
      assertThat(well.requests).filteredOn(r -> r.head().startsWith("PUT")).hasSize(10);
      assertThat(well.requests)
          .filteredOn(r -> r.head().startsWith("PUT"))
          .allMatch(r -> r.body().equals("hello"));
      assertThat(counted(gateway, "tidegate.upstream.retries")).isPositive();
    }
  }

  @Test
  void whatIsNotSafeIsSentOnce() throws IOException {
    try (RawBackend dead = new RawBackend((c, turn, r) -> null);
        TestGateway gateway = before("", "retry: {attempts: 3}", dead.port)) {
      Answer answer = RawHttp.once(gateway.port(), POST);
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.body()).contains("\"outcome\":\"unknown\"");
      assertThat(dead.requests).hasSize(1);
      assertThat(RawHttp.once(gateway.port(), GET).status()).isEqualTo(502);
      assertThat(dead.requests).hasSize(4);
    }
  }

  @Test
  void certainStatusesAreRetriedAndAShortRetryAfterIsKept() throws IOException {
    String soon = "HTTP/1.1 503 No\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n";
    String later = "HTTP/1.1 503 No\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n";
    try (RawBackend backend = new RawBackend((c, turn, r) -> c == 0 ? soon : c == 1 ? OK : later);
        TestGateway gateway = before("", "retry: {statuses: [503]}", backend.port)) {
      long began = System.nanoTime();
      assertThat(new RawHttp(gateway.port()).send(GET).read().status()).isEqualTo(200);
      assertThat(System.nanoTime() - began).isGreaterThan(900_000_000L);
    }
    try (RawBackend backend = RawBackend.answering(later);
        TestGateway gateway = before("", "retry: {statuses: [503]}", backend.port)) {
      assertThat(RawHttp.once(gateway.port(), GET).status()).isEqualTo(503);
      assertThat(backend.requests).hasSize(1);
    }
  }

  @Test
  void anUsedUpBudgetIsCounted() throws IOException {
    try (RawBackend dead = new RawBackend((c, turn, r) -> null);
        TestGateway gateway =
            before("", "retry: {budget: 20, minPerSecond: 0}, outlier: {failures: 0}", dead.port)) {
      for (int i = 0; i < 50; i++) {
        assertThat(RawHttp.once(gateway.port(), GET).status()).isEqualTo(502);
      }
      assertThat(dead.requests.size()).isBetween(51, 60);
      assertThat(counted(gateway, "tidegate.upstream.retry.budget.exhausted")).isPositive();
    }
  }

  @Test
  void anOpenCircuitAnswersAtOnceAndProbesLetItClose() throws IOException {
    AtomicBoolean ill = new AtomicBoolean(true);
    try (RawBackend backend = new RawBackend((c, turn, r) -> ill.get() ? BUSY : OK);
        TestGateway gateway =
            before("", "circuit: {minRequests: 5, open: 300ms, probes: 2}", backend.port)) {
      for (int i = 0; i < 5; i++) {
        assertThat(RawHttp.once(gateway.port(), POST).headers()).doesNotContainKey("retry-after");
      }
      int before = backend.requests.size();
      Answer kept = RawHttp.once(gateway.port(), POST);
      assertThat(kept.status()).isEqualTo(503);
      assertThat(kept.header("retry-after")).isEqualTo("1");
      assertThat(kept.body())
          .contains("/problems/circuit-open", "never-sent", "the circuit breaker of the upstream");
      assertThat(backend.requests).hasSize(before);
      JsonNode circuit = shown(gateway).get("circuit");
      assertThat(circuit.get("state").asText()).isEqualTo("open");
      assertThat(circuit.get("why").asText()).isEqualTo("5 of the last 5 requests failed");
      assertThat(circuit.get("since").asText()).matches("20\\d\\d-.*Z");
      assertThat(gateway.meters.get("tidegate.upstream.circuit.open").gauge().value()).isOne();
      assertThat(counted(gateway, "tidegate.upstream.circuit.refused")).isOne();
      ill.set(false);
      Await.await(() -> RawHttp.once(gateway.port(), POST).status() == 200);
      Await.await(
          () ->
              RawHttp.once(gateway.port(), POST).status() == 200
                  && shown(gateway).get("circuit").get("state").asText().equals("closed"));
    }
  }

  @Test
  void theRoutesFallbackComesBeforeTheUpstreams() throws IOException {
    String circuit = "circuit: {minRequests: 1, fallback: {status: 203, body: upstreams}}";
    String own = ", fallback: {contentType: text/plain, headers: {X-Stale: 'yes'}, body: routes}";
    for (String route : new String[] {"", own}) {
      try (RawBackend backend = RawBackend.answering(BUSY);
          TestGateway gateway = before(route, circuit, backend.port)) {
        RawHttp.once(gateway.port(), GET);
        Answer answer = RawHttp.once(gateway.port(), GET);
        assertThat(answer.status()).isEqualTo(route.isEmpty() ? 203 : 200);
        assertThat(answer.body()).isEqualTo(route.isEmpty() ? "upstreams" : "routes");
        assertThat(answer.header("x-stale")).isEqualTo(route.isEmpty() ? null : "yes");
      }
    }
  }

  @Test
  void aReadThatTakesLongIsHedgedAndTheLoserIsGivenUp() throws IOException {
    try (RawBackend silent = RawBackend.answering("");
        RawBackend well = RawBackend.answering(OK);
        TestGateway gateway = before(", hedge: {after: 30ms}", "", silent.port, well.port)) {
      for (int i = 0; i < 10; i++) {
        assertThat(RawHttp.once(gateway.port(), GET).body()).isEqualTo("ok");
      }
      assertThat(counted(gateway, "tidegate.upstream.hedges.won")).isBetween(5.0, 10.0);
      Await.await(
          () -> {
            int busy = 0;
            for (JsonNode endpoint : shown(gateway).get("endpoints")) {
              busy += endpoint.get("inFlight").asInt();
            }
            return busy == 0;
          });
      assertThat(RawHttp.once(gateway.port(), GET).status()).isEqualTo(200);
    }
  }

  @Test
  void bothOfAHedgeFailAsOne() throws IOException {
    try (RawBackend a = new RawBackend((c, turn, r) -> null);
        RawBackend b = new RawBackend((c, turn, r) -> null);
        TestGateway gateway = before(", hedge: {after: 30ms}", "", a.port, b.port)) {
      Answer answer = RawHttp.once(gateway.port(), GET);
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.body()).contains("\"outcome\":\"unknown\"");
    }
  }

  @Test
  void theCallersDeadlineShortensTheWaitAndIsPassedOn() throws IOException {
    try (RawBackend silent = RawBackend.answering("");
        TestGateway gateway = before("", "", silent.port)) {
      Answer answer =
          RawHttp.once(
              gateway.port(),
              "POST / HTTP/1.1\r\nHost: h\r\nx-envoy-expected-rq-timeout-ms: 300\r\n"
                  + "Content-Length: 1\r\n\r\nx");
      assertThat(answer.status()).isEqualTo(504);
      assertThat(answer.body()).contains("/problems/deadline-exceeded", "\"unknown\"");
      String head = silent.requests.get(0).head();
      String left = head.replaceAll("(?s).*x-envoy-expected-rq-timeout-ms: (\\d+)\r\n.*", "$1");
      assertThat(Integer.parseInt(left)).isBetween(1, 300);
      assertThat(shown(gateway).get("endpoints").get(0).get("health").asText()).isEqualTo("in");
    }
  }

  @Test
  void whatIsLateAlreadyIsNeverSent() throws IOException {
    try (RawBackend backend = RawBackend.answering(OK);
        TestGateway gateway = before("", "", backend.port)) {
      Answer answer =
          RawHttp.once(gateway.port(), "GET / HTTP/1.1\r\nHost: h\r\ngrpc-timeout: 0m\r\n\r\n");
      assertThat(answer.status()).isEqualTo(504);
      assertThat(answer.body()).contains("/problems/deadline-exceeded", "never-sent");
      assertThat(backend.requests).isEmpty();
    }
  }

  @Test
  void anUpstreamCanBeToldOfEveryTimeLimit() throws IOException {
    try (RawBackend backend = RawBackend.answering(OK);
        TestGateway gateway = before(", timeout: 7s", "tellDeadline: true", backend.port)) {
      RawHttp.once(gateway.port(), GET);
      assertThat(backend.requests.get(0).head())
          .contains("x-envoy-expected-rq-timeout-ms: 7000\r\n");
    }
  }
}
