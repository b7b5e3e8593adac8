package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidegate.ingress.RawHttp.Answer;
import dev.tidegate.testing.Await;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More requests than a back end takes: who is turned away, and what becomes of the others. */
@Timeout(60)
class OverloadIT {
  private static final String ALICE = "X-API-Key: alice-key\r\n";

  private final Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
  private final List<RawHttp> callers = new ArrayList<>();
  private Backend backend;
  private TestGateway gateway;

  @BeforeEach
  void start() {
    backend = new Backend(held::add);
    gateway =
        new TestGateway()
            .concurrency("name: backend, max: 10")
            .concurrency("name: adaptive, max: 10, adaptive: {min: 10, initial: 10}")
            .routes(
                Routes.of("id: reads, prefix: /reads, upstream: backend, concurrency: [backend]"),
                Routes.of(
                    "id: cancels, prefix: /cancels, upstream: backend, concurrency: [backend],"
                        + " priority: cancel"),
                Routes.of("id: a, prefix: /adaptive, upstream: backend, concurrency: [adaptive]"),
                Routes.of("id: free, prefix: /free, upstream: backend"))
            .upstream("backend", backend.port)
            .start();
  }

  @AfterEach
  void stop() throws IOException {
    for (RawHttp caller : callers) {
      caller.close();
    }
    gateway.close();
    backend.close();
  }

  private RawHttp ask(String path, String headers) throws IOException {
    RawHttp caller = new RawHttp(gateway.port());
    callers.add(caller);
    caller.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n");
    return caller;
  }

  private void answerAll() {
    for (HttpServerRequest one = held.poll(); one != null; one = held.poll()) {
      HttpServerRequest request = one;
      request.response().end("late");
    }
  }

  private int inFlight(String limit) throws IOException {
    for (JsonNode shown : gateway.shown("routes").path("concurrency")) {
      if (shown.path("limit").asText().equals(limit)) {
        return shown.path("inFlight").asInt();
      }
    }
    throw new AssertionError("no limit " + limit);
  }

  @Test
  void keepsRoomForWhatMatters() throws Exception {
    List<RawHttp> anonymous = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      anonymous.add(ask("/reads", ""));
    }
    Await.await(() -> held.size() == 7);
    Answer eighth = ask("/reads", "").read();
    assertThat(eighth.status()).isEqualTo(503);
    assertThat(eighth.header("retry-after")).isEqualTo("1");
    assertThat(eighth.body()).contains("/problems/overloaded", "\"never-sent\"", "backend");
    RawHttp alice = ask("/reads", ALICE);
    List<RawHttp> cancels = List.of(ask("/cancels", ""), ask("/cancels", ""));
    RawHttp free = ask("/free", "");
    Await.await(() -> held.size() == 11);
    assertThat(ask("/cancels", "").read().status()).isEqualTo(503);
    assertThat(inFlight("backend")).isEqualTo(10);
    answerAll();
    for (RawHttp one : anonymous) {
      assertThat(one.read().status()).isEqualTo(200);
    }
    for (RawHttp one : List.of(alice, cancels.get(0), cancels.get(1), free)) {
      assertThat(one.read().status()).isEqualTo(200);
    }
    assertThat(inFlight("backend")).isZero();
    assertThat(backend.requests).hasValue(11);
  }

  @Test
  void givesThePlacesOfThoseWhoGoAwayToOthers() throws Exception {
    for (int i = 0; i < 7; i++) {
      ask("/adaptive", "");
    }
    Await.await(() -> held.size() == 7);
    assertThat(ask("/adaptive", "").read().status()).isEqualTo(503);
    for (RawHttp caller : callers) {
      caller.close();
    }
    Await.await(() -> inFlight("adaptive") == 0);
    RawHttp next = ask("/adaptive", "");
    Await.await(() -> held.size() == 8);
    answerAll();
    assertThat(next.read().status()).isEqualTo(200);
  }
}
