package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidegate.ingress.RawHttp.Answer;
import dev.tidegate.testing.Await;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an upstream may answer, and what nobody should see of it. */
@Timeout(60)
class UpstreamAnswersIT {
  private static final String GET = "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private static TestGateway before(int port) {
    return new TestGateway().routes(Routes.below("/")).upstream("backend", port).start();
  }

  private static long inFlight(TestGateway gateway) throws IOException {
    return gateway.upstreams().findValues("inFlight").stream().mapToInt(JsonNode::asInt).sum();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 000 None\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 099 Low\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 600 High\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 1000 Long\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 -200 Minus\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 abc Word\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "SIP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "rubbish and nothing else\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nA: c\0d\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n: c\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5 1\r\nokokokok\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokXX0\r\n\r\n",
      })
  void nobodySeesAnAnswerThatIsNone(String answer) throws IOException {
    try (RawBackend backend = RawBackend.answering(answer);
        TestGateway gateway = before(backend.port)) {
      for (int i = 0; i < 2; i++) {
        long began = System.nanoTime();
        Answer seen = RawHttp.once(gateway.port(), GET);
        assertThat(seen.status()).as(answer).isEqualTo(502);
        assertThat(seen.body()).contains("/problems/upstream-broken").contains("unknown");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
      }
      Await.await(() -> inFlight(gateway) == 0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'HTTP/1.1 102 Processing'",
    "'HTTP/1.1 103 Early Hints'",
    "'HTTP/1.1 199 Whatever'",
    "'HTTP/1.1 110 Stale'",
  })
  void passesInterimAnswersOn(String line) throws IOException {
    String interim =
        line + "\r\nLink: </a.css>; rel=preload\r\nConnection: X-Hop\r\nX-Hop: h\r\n\r\n";
    try (RawBackend backend = RawBackend.answering(interim + interim + OK);
        TestGateway gateway = before(backend.port);
        RawHttp http = new RawHttp(gateway.port())) {
      for (int round = 0; round < 3; round++) {
        http.send(GET);
        for (int i = 0; i < 2; i++) {
          Answer early = http.read();
          assertThat(early.status()).isEqualTo(Integer.parseInt(line.split(" ")[1]));
          assertThat(early.headers()).containsOnlyKeys("link");
        }
        Answer last = http.read();
        assertThat(last.status()).isEqualTo(200);
        assertThat(last.body()).isEqualTo("ok");
      }
      // The connection has stayed good for all of them.
      assertThat(backend.requests).hasSize(3);
      // HTTP/1.0 does not know them.
      assertThat(RawHttp.once(gateway.port(), "GET / HTTP/1.0\r\n\r\n").status()).isEqualTo(200);
    }
  }

  @Test
  void anInterimAnswerThatNobodyAskedForIsNotTheLast() throws IOException {
    try (RawBackend backend = RawBackend.answering("HTTP/1.1 100 Continue\r\n\r\n" + OK);
        TestGateway gateway = before(backend.port)) {
      assertThat(RawHttp.once(gateway.port(), GET).body()).isEqualTo("ok");
    }
  }

  /** As curl, which is not ours, sees them. */
  @ParameterizedTest
  @CsvSource({
    "true,  --http2-prior-knowledge",
    "true,  --http1.1",
    "false, --http2-prior-knowledge",
  })
  void passesInterimAnswersOnFromAndToHttp2(boolean h2, String callers) throws Exception {
    List<String> statuses = List.of("102", "103", "199", "204");
    StringBuilder old = new StringBuilder();
    for (int i = 0; i < statuses.size(); i++) {
      old.append("HTTP/1.1 %s S\r\nX-Turn: %d\r\n\r\n".formatted(statuses.get(i), i));
    }
    try (Http2Backend two = new Http2Backend(statuses);
        RawBackend one = RawBackend.answering(old.toString());
        TestGateway gateway =
            new TestGateway()
                .routes(Routes.below("/"))
                .upstream(TestGateway.upstreamOf("backend", "h2: " + h2, h2 ? two.port : one.port))
                .start()) {
      Process curl =
          new ProcessBuilder(
                  "curl", "-sS", "-i", callers, "http://127.0.0.1:" + gateway.port() + "/")
              .redirectErrorStream(true)
              .start();
      String said = new String(curl.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(said.lines().map(UpstreamAnswersIT::gist).filter(gist -> !gist.isEmpty()))
          .as(said)
          .containsExactly("102", "0", "103", "1", "199", "2", "204", "3");
    }
  }

  /** The status of a status line, the number of a turn, or nothing. */
  private static String gist(String line) {
    String lower = line.toLowerCase(Locale.ROOT);
    return lower.startsWith("http/")
        ? lower.split(" ")[1]
        : lower.startsWith("x-turn: ") ? lower.substring(8) : "";
  }

  @ParameterizedTest
  @ValueSource(strings = {"000", "99", "101", "1", "600", "1000", "abc", ""})
  void nobodySeesAStatusOfHttp2ThatIsNone(String status) throws IOException {
    try (Http2Backend backend = new Http2Backend(List.of(status));
        TestGateway gateway =
            new TestGateway()
                .routes(Routes.below("/"))
                .upstream(TestGateway.upstreamOf("backend", "h2: true, timeout: 3s", backend.port))
                .start()) {
      Answer answer = RawHttp.once(gateway.port(), GET);
      assertThat(answer.status()).as(answer.body()).isEqualTo(502);
      Await.await(() -> inFlight(gateway) == 0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'Connection: close'",
    "'connection: Close'",
    "'Connection: close, X-Foo'",
    "'Connection: X-Foo,close'",
    "'Connection: X-Foo~Connection: close'",
    "'Connection: close~Connection: X-Foo'",
    "'Connection: keep-alive, close'",
  })
  void usesNoConnectionThatTheUpstreamHasSaidItCloses(String lines) throws IOException {
    String head = lines.replace("~", "\r\n") + "\r\nX-Foo: hop\r\nContent-Length: 2\r\n\r\nok";
    // The socket stays open: only what was said tells.
    try (RawBackend backend =
            new RawBackend((c, turn, r) -> turn == 0 ? "HTTP/1.1 200 OK\r\n" + head : null);
        TestGateway gateway = before(backend.port);
        RawHttp http = new RawHttp(gateway.port())) {
      for (int i = 0; i < 5; i++) {
        http.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
        Answer answer = http.read();
        assertThat(answer.status()).as(lines).isEqualTo(200);
        if (lines.contains("X-Foo")) {
          assertThat(answer.headers()).doesNotContainKey("x-foo");
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"keep-alive", "X-Closed", "close-enough", "keep-alive, X-Foo"})
  void keepsAConnectionThatIsNotClosed(String connection) throws IOException {
    String answer =
        "HTTP/1.1 200 OK\r\nConnection: " + connection + "\r\nContent-Length: 2\r\n\r\nok";
    try (RawBackend backend = new RawBackend((c, turn, r) -> c == 0 ? answer : null);
        TestGateway gateway = before(backend.port);
        RawHttp http = new RawHttp(gateway.port())) {
      for (int i = 0; i < 3; i++) {
        assertThat(http.send(GET).read().status()).isEqualTo(200);
      }
    }
  }

  /** The gateway keeps a connection, on which the second request is read and then nothing comes. */
  @ParameterizedTest
  @CsvSource({
    "GET,     0,       0,     200",
    "PUT,     5,       0,     200",
    "PUT,     60000,   0,     200",
    "DELETE,  5,       0,     200",
    "OPTIONS, 5,       0,     200",
    "PUT,     5,       1,     200",
    "PUT,     60000,   1,     200",
    "PUT,     70000,   0,     502",
    "PUT,     70000,   1,     502",
    "POST,    5,       0,     502",
    "POST,    0,       0,     502",
    "PATCH,   5,       0,     502",
  })
  void repeatsWhatMayBeRepeated(String method, int length, int chunked, int status)
      throws IOException {
    try (RawBackend backend = new RawBackend((c, turn, r) -> c == 0 && turn == 1 ? null : OK);
        TestGateway gateway = before(backend.port);
        RawHttp http = new RawHttp(gateway.port())) {
      assertThat(http.send(GET).read().status()).isEqualTo(200);
      String body = "0123456789".repeat(length / 10 + 1).substring(0, length);
      String framed =
          chunked == 1
              ? "Transfer-Encoding: chunked\r\n\r\n"
                  + Integer.toHexString(length)
                  + "\r\n"
                  + body
                  + "\r\n0\r\n\r\n"
              : "Content-Length: " + length + "\r\n\r\n" + body;
      Answer answer = http.send(method + " / HTTP/1.1\r\nHost: example.com\r\n" + framed).read();
      assertThat(answer.status()).isEqualTo(status);
      if (status == 200) {
        assertThat(backend.requests).hasSize(3);
        String twice = backend.requests.get(2).body();
        assertThat(chunked == 1 ? unchunked(twice) : twice).isEqualTo(body);
      } else {
        assertThat(answer.body()).contains("\"outcome\":\"unknown\"");
        assertThat(backend.requests).hasSize(2);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 200, 0",
    "1, 200, 1",
    "2, 200, 1",
    "9, 502, 0",
    "9, 502, 1",
  })
  void sendsOnceMoreWhatAnUpstreamOfHttp2HasRefused(int refusals, int status, int length)
      throws IOException {
    try (Http2Backend backend = new Http2Backend(refusals, List.of("200"));
        TestGateway gateway =
            new TestGateway()
                .routes(Routes.below("/"))
                .upstream(TestGateway.upstreamOf("backend", "h2: true", backend.port))
                .start()) {
      Answer answer =
          RawHttp.once(
              gateway.port(),
              "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n".formatted(length)
                  + "x".repeat(length));
      assertThat(answer.status()).isEqualTo(status);
      if (status == 502) {
        assertThat(answer.body()).contains("\"outcome\":\"never-sent\"");
      }
    }
  }

  @Test
  void oneStreamThatBreaksOffLeavesTheOthersAlone() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    try (Backend backend =
            new Backend(
                0,
                new HttpServerOptions().setHttp2ClearTextEnabled(true),
                request -> {
                  switch (request.path()) {
                    case "/broken" -> request.response().reset(2);
                    case "/held" ->
                        Thread.ofVirtual()
                            .start(
                                () -> {
                                  awaitUninterruptibly(held);
                                  request.response().end("held");
                                });
                    default -> request.response().end("ok");
                  }
                });
        TestGateway gateway =
            new TestGateway()
                .routes(Routes.below("/"))
                .upstream(TestGateway.upstreamOf("backend", "h2: true", backend.port))
                .start();
        RawHttp patient = new RawHttp(gateway.port())) {
      assertThat(RawHttp.once(gateway.port(), GET).status()).isEqualTo(200);
      patient.send(GET.replace("GET /", "POST /held")); // which is not repeated
      Await.await(() -> backend.requests.get() == 2);
      assertThat(RawHttp.once(gateway.port(), GET.replace("GET /", "GET /broken")).status())
          .isEqualTo(502);
      held.countDown();
      assertThat(patient.read().body()).isEqualTo("held");
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void waitsForAnAnswerFromWhenTheRequestHasBeenSent() throws IOException {
    try (RawBackend backend = RawBackend.answering(OK);
        TestGateway gateway =
            new TestGateway()
                .routes(Routes.below("/"))
                .upstream(TestGateway.upstreamOf("backend", "timeout: 300ms", backend.port))
                .start();
        RawHttp http = new RawHttp(gateway.port())) {
      http.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
      for (int i = 0; i < 10; i++) {
        long next = System.nanoTime() + 100_000_000;
        http.send("x");
        Await.await(() -> System.nanoTime() > next);
      }
      assertThat(http.read().status()).isEqualTo(200);
    }
  }

  @Test
  void saysThatAHeadIsTooLarge() throws IOException {
    String answer = "HTTP/1.1 200 OK\r\nX-A: " + "a".repeat(70_000) + "\r\n\r\n";
    try (RawBackend backend = RawBackend.answering(answer);
        TestGateway gateway = before(backend.port)) {
      Answer seen = RawHttp.once(gateway.port(), GET);
      assertThat(seen.status()).isEqualTo(502);
      assertThat(seen.body()).contains("the head of the upstream's answer is too large");
    }
  }

  private static String unchunked(String framed) {
    StringBuilder body = new StringBuilder();
    for (int at = 0; ; ) {
      int line = framed.indexOf("\r\n", at);
      int size = Integer.parseInt(framed.substring(at, line), 16);
      if (size == 0) {
        return body.toString();
      }
      body.append(framed, line + 2, line + 2 + size);
      at = line + 2 + size + 2;
    }
  }
}
