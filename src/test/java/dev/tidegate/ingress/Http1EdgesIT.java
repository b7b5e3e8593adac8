package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.ingress.RawHttp.Answer;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What RFC 9110 and 9112 ask of a server at the edges of HTTP/1, clause by clause. */
@Timeout(60)
class Http1EdgesIT {
  private static final String HOST = "Host: example.com\r\n";
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";

  private static final AtomicInteger WHOLE = new AtomicInteger();
  private static Backend backend;
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    backend = new Backend(Http1EdgesIT::serve);
    gateway =
        new TestGateway()
            .http("limits: {head: 700ms, body: 700ms, bodyBytes: 1000}")
            .routes(Routes.below("/up"), Routes.fixed("fixed", "/fixed", "here"))
            .upstream("backend", backend.port)
            .start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    backend.close();
  }

  /** Answers when it has the whole request. */
  private static void serve(HttpServerRequest request) {
    if (request.path().endsWith("/old")) {
      request.response().putHeader("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    }
    request
        .body()
        .onSuccess(
            body -> {
              WHOLE.incrementAndGet();
              request.response().end("got " + body.length());
            });
  }

  private static Answer ask(String request) throws IOException {
    return RawHttp.once(gateway.port(), request);
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\n" + HOST;
  }

  // Bodies: RFC 9112 7.1.

  static Stream<String> malformedChunks() {
    return Stream.of(
        "zz\r\nok\r\n0\r\n\r\n",
        "5 1\r\nhello\r\n0\r\n\r\n",
        "2 \r\nok\r\n0\r\n\r\n",
        "-2\r\nok\r\n0\r\n\r\n",
        "+2\r\nok\r\n0\r\n\r\n",
        "0x2\r\nok\r\n0\r\n\r\n",
        "\r\nok\r\n0\r\n\r\n",
        "ffffffffffffffff\r\nok",
        "2\r\nokXX0\r\n\r\n",
        "2\nok\n0\n\n",
        "2\r\nok\r\n0\r\nno trailer\r\n\r\n",
        "2\r\nok\r\n0\r\n: nameless\r\n\r\n");
  }

  @ParameterizedTest
  @MethodSource("malformedChunks")
  void refusesChunksThatCannotBeRead(String chunks) throws IOException {
    for (String before : new String[] {"", "3\r\nabc\r\n"}) {
      int whole = WHOLE.get();
      try (RawHttp http = new RawHttp(gateway.port())) {
        Answer answer =
            http.send("POST /up HTTP/1.1\r\n" + HOST + CHUNKED + before + chunks).read();
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("/problems/bad-request");
        assertThat(http.closed()).isTrue();
      }
      assertThat(WHOLE).as("the upstream has seen it end").hasValue(whole);
    }
  }

  @Test
  void refusesThemInTheirTurn() throws IOException {
    try (RawHttp http = new RawHttp(gateway.port())) {
      http.send(get("/up") + "\r\nPOST /up HTTP/1.1\r\n" + HOST + CHUNKED + "zz\r\n");
      assertThat(http.read().status()).isEqualTo(200);
      assertThat(http.read().status()).isEqualTo(400);
      assertThat(http.closed()).isTrue();
    }
  }

  @Test
  void readsOnPastTheExtensionsOfChunks() throws IOException {
    Answer answer =
        ask(
            "POST /up HTTP/1.1\r\n"
                + HOST
                + CHUNKED
                + "2;a=b\r\nok\r\n3;q=\"x;y\"\r\nabc\r\n0;last\r\n\r\n");
    assertThat(answer.body()).isEqualTo("got 5");
  }

  @Test
  void answersABodyThatStopsComing() throws IOException {
    try (RawHttp http = new RawHttp(gateway.port())) {
      Answer answer =
          http.send("POST /up HTTP/1.1\r\n" + HOST + "Content-Length: 9\r\n\r\nabc").read();
      assertThat(answer.status()).isEqualTo(408);
      assertThat(answer.body()).contains("/problems/request-timeout");
      assertThat(http.closed()).isTrue();
    }
  }

  // Versions: RFC 9110 2.5 and 6.2.

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.2", "HTTP/1.9", "HTTP/2.0", "HTTP/0.9", "http/1.1", "ICY/1.1"})
  void answersInAVersionOfItsOwn(String version) throws IOException {
    try (RawHttp http = new RawHttp(gateway.port())) {
      http.send("GET /up " + version + "\r\n" + HOST + "\r\n");
      StringBuilder line = new StringBuilder();
      while (line.indexOf("\n") < 0) {
        line.append((char) http.next());
      }
      assertThat(line.toString()).matches("HTTP/1\\.[01] 400 Bad Request\r\n");
      http.untilClosed();
    }
  }

  @Test
  void takesNoCodingFromHttp10() throws IOException {
    int whole = WHOLE.get();
    Answer answer = ask("POST /up HTTP/1.0\r\n" + HOST + CHUNKED + "2\r\nok\r\n0\r\n\r\n");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(WHOLE).hasValue(whole);
  }

  // Methods: RFC 9110 9.3.6 and 9.3.8.

  @ParameterizedTest
  @ValueSource(strings = {"CONNECT example.com:443", "CONNECT /up", "TRACE /up", "TRACE /fixed"})
  void isNoTunnelAndNoMirror(String line) throws IOException {
    int requests = backend.requests.get();
    Answer answer = ask(line + " HTTP/1.1\r\n" + HOST + "\r\n");
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("allow")).contains("GET").doesNotContain("TRACE", "CONNECT");
    assertThat(backend.requests).hasValue(requests);
  }

  @ParameterizedTest
  @ValueSource(strings = {"CONNECT", "TRACE"})
  void noRouteCanNameThem(String method) {
    assertThatThrownBy(() -> Routes.of("id: a, path: /a, methods: [" + method + "], upstream: b"))
        .hasMessageContaining("methods")
        .hasMessageContaining(method);
  }

  // Dates: RFC 9110 6.6.1.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /up HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /fixed HTTP/1.0\r\nHost: a\r\n\r\n",
        "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n",
        "nonsense\r\n\r\n",
        "GET /up HT"
      })
  void everyAnswerHasItsDate(String request) throws IOException {
    Instant date =
        ZonedDateTime.parse(ask(request).header("date"), DateTimeFormatter.RFC_1123_DATE_TIME)
            .toInstant();
    assertThat(Duration.between(date, Instant.now()).abs()).isLessThan(Duration.ofMinutes(1));
  }

  @Test
  void theDateOfTheUpstreamPasses() throws IOException {
    assertThat(ask(get("/up/old") + "\r\n").header("date"))
        .isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
  }

  // A caller that ends its side of the connection: RFC 9112 9.6.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /up HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /up HTTP/1.0\r\n\r\n",
        "POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok",
        "POST /up HTTP/1.1\r\nHost: a\r\n" + CHUNKED + "2\r\nok\r\n0\r\n\r\n",
        "GET /fixed HTTP/1.1\r\nHost: a\r\n\r\n"
      })
  void whoSendsNoMoreIsAnswered(String request) throws IOException {
    try (RawHttp http = new RawHttp(gateway.port())) {
      assertThat(http.send(request).end().last().status()).isEqualTo(200);
      assertThat(http.closed()).isTrue();
    }
  }

  @Test
  void allThatItHasAskedForIsAnswered() throws IOException {
    try (RawHttp http = new RawHttp(gateway.port())) {
      http.send((get("/up") + "\r\n").repeat(3)).end();
      for (int i = 0; i < 3; i++) {
        assertThat(http.last().status()).isEqualTo(200);
      }
      assertThat(http.closed()).isTrue();
    }
  }

  @Test
  void whatItHasNotAskedForWholeIsNot() throws IOException {
    int whole = WHOLE.get();
    try (RawHttp http = new RawHttp(gateway.port())) {
      http.send("POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nok").end();
      assertThat(http.closed()).isTrue();
    }
    assertThat(WHOLE).hasValue(whole);
  }

  @Test
  void aSlowAnswerIsWaitedFor() throws Exception {
    Promise<Void> goOn = Promise.promise();
    try (Backend slow =
            new Backend(request -> goOn.future().onSuccess(v -> request.response().end("late")));
        TestGateway before =
            new TestGateway().routes(Routes.below("/")).upstream("backend", slow.port).start();
        RawHttp http = new RawHttp(before.port())) {
      http.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").end();
      // Each is a question whether somebody is there.
      assertThat(http.read().status()).isEqualTo(100);
      assertThat(http.read().status()).isEqualTo(100);
      goOn.complete();
      assertThat(http.last().body()).isEqualTo("late");
    }
  }

  // Upgrades to HTTP/2: RFC 9110 7.8.

  private static final String WHOLE_UPGRADE =
      "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n";

  @ParameterizedTest
  @ValueSource(strings = {"GET /up", "OPTIONS *"})
  void anUpgradeWithoutABodyIsTaken(String what) throws IOException {
    Answer answer = ask(what + " HTTP/1.1\r\n" + HOST + WHOLE_UPGRADE + "\r\n");
    assertThat(answer.status()).isEqualTo(101);
    assertThat(answer.header("upgrade")).isEqualTo("h2c");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 2\r\n\r\nok",
        "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
      })
  void aRequestWithABodyStaysWhereItIs(String body) throws IOException {
    try (RawHttp http = new RawHttp(gateway.port())) {
      Answer answer = http.send("POST /up HTTP/1.1\r\n" + HOST + WHOLE_UPGRADE + body).read();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("got 2");
      assertThat(http.send(get("/fixed") + "\r\n").read().body()).isEqualTo("here");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Connection: Upgrade, HTTP2-Settings#Upgrade: h2c#HTTP2-Settings: AA# | 200",
        "Connection: Upgrade, HTTP2-Settings#Upgrade: h2c#HTTP2-Settings: *# | 200",
        "Connection: Upgrade#Upgrade: h2c#HTTP2-Settings: AAMAAABk# | 200",
        "Connection: HTTP2-Settings#Upgrade: h2c#HTTP2-Settings: AAMAAABk# | 200",
        "Connection: Upgrade, HTTP2-Settings#Upgrade: h2c# | 200",
        "Upgrade: h2c# | 200",
        "Host: another#Connection: Upgrade, HTTP2-Settings#Upgrade: h2c#HTTP2-Settings: AAMAAABk# |"
            + " 400"
      })
  void anUpgradeThatIsNotWholeIsNone(String headers, int status) throws IOException {
    Answer answer = ask(get("/up") + headers.replace("#", "\r\n") + "\r\n");
    assertThat(answer.status()).isEqualTo(status);
  }
}
