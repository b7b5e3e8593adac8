package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.ingress.RawHttp.Answer;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that break the rules, byte by byte. */
@Timeout(60)
class HostileIT {
  private static final String HOST = "Host: example.com\r\n";
  private static final int MAX_BODY = 1000;

  private static Backend backend;
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    backend = new Backend(Backend::echoBody);
    gateway =
        new TestGateway()
            .http("limits: {head: 700ms, body: 900ms, bodyBytes: " + MAX_BODY + "}")
            .routes(Routes.below("/up"))
            .upstream("backend", backend.port)
            .start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    backend.close();
  }

  private static void assertProblem(Answer answer, int status, String slug) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
    assertThat(answer.header("x-request-id")).isNotBlank();
    assertThat(answer.body())
        .contains("\"type\":\"/problems/" + slug + "\"")
        .contains("\"requestId\":\"" + answer.header("x-request-id") + "\"");
  }

  /** Each would let two parsers disagree on where the request ends. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        "Content-Length: 5, 5\r\n\r\nhello",
        "Content-Length: +5\r\n\r\nhello",
        "Content-Length: -5\r\n\r\nhello",
        "Content-Length: 0x5\r\n\r\nhello",
        "Content-Length: 5 5\r\n\r\nhello",
        "Content-Length:\r\n\r\nhello",
        "Content-Length : 5\r\n\r\nhello",
        "Content\u000bLength: 5\r\n\r\nhello",
        "Transfer-Encoding: identity\r\n\r\nhello",
        "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n",
        " Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "X: a\rb\r\n\r\n",
        "Host: other.example\r\n\r\n",
        "X: a\u0000b\r\n\r\n"
      })
  void refusesAmbiguousFraming(String rest) throws IOException {
    int before = backend.requests.get();
    try (RawHttp http = new RawHttp(gateway.port())) {
      Answer answer = http.send("POST /up HTTP/1.1\r\n" + HOST + rest).read();
      assertProblem(answer, 400, "bad-request");
      assertThat(http.closed()).isTrue();
    }
    assertThat(backend.requests).hasValue(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /up HTTP/1.1\r\n\r\n",
        "GET /up HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET /up HTTP/1.1\r\nHost: a/b\r\n\r\n",
        "GET  /up HTTP/9.9\r\n" + HOST + "\r\n",
        "nonsense\r\n\r\n",
        "GET /up\r\n\r\n",
        "GET up HTTP/1.1\r\n" + HOST + "\r\n",
        "GET /up\\..\\x HTTP/1.1\r\n" + HOST + "\r\n",
        "GET /up/%zz HTTP/1.1\r\n" + HOST + "\r\n",
        "GET /up/%00 HTTP/1.1\r\n" + HOST + "\r\n",
        "GET /up?a\u0000b HTTP/1.1\r\n" + HOST + "\r\n",
        "GET /up?a\u0001b HTTP/1.1\r\n" + HOST + "\r\n",
        "GET /up?a\u00c3\u00bc HTTP/1.1\r\n" + HOST + "\r\n",
        "GET /up?a#b HTTP/1.1\r\n" + HOST + "\r\n",
        "GET /up#b HTTP/1.1\r\n" + HOST + "\r\n",
        "GET /up/..%2fsecret HTTP/1.1\r\n" + HOST + "\r\n",
      })
  void refusesMalformedHeads(String request) throws IOException {
    int before = backend.requests.get();
    assertProblem(RawHttp.once(gateway.port(), request), 400, "bad-request");
    assertThat(backend.requests).hasValue(before);
  }

  /** RFC 9112, section 5.2, lets a server replace the fold; what is passed on is one line. */
  @Test
  void unfoldsAFoldedHeaderBeforeAnybodyElseSeesIt() throws IOException {
    Answer answer =
        RawHttp.once(
            gateway.port(),
            "POST /up HTTP/1.1\r\n" + HOST + "X-Folded: a\r\n b\r\nContent-Length: 2\r\n\r\nok");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("ok");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/up/../secret", "/up/%2e%2e/secret", "/up/.%2E/secret", "/up/./../secret"})
  void dotSegmentsDoNotLeaveTheRoute(String path) throws IOException {
    Answer answer = RawHttp.once(gateway.port(), "GET " + path + " HTTP/1.1\r\n" + HOST + "\r\n");
    assertProblem(answer, 404, "not-found");
  }

  @Test
  void refusesWhatIsTooLarge() throws IOException {
    String line = "GET /up?" + "x".repeat(9000) + " HTTP/1.1\r\n" + HOST + "\r\n";
    assertProblem(RawHttp.once(gateway.port(), line), 414, "uri-too-long");
    String header = "GET /up HTTP/1.1\r\n" + HOST + "X: " + "y".repeat(9000) + "\r\n\r\n";
    assertProblem(RawHttp.once(gateway.port(), header), 431, "headers-too-large");
    String headers = "GET /up HTTP/1.1\r\n" + HOST + "X: yyyyyyyyyyyyyyyy\r\n".repeat(500) + "\r\n";
    assertProblem(RawHttp.once(gateway.port(), headers), 431, "headers-too-large");
    String post = "POST /up HTTP/1.1\r\n" + HOST;
    assertProblem(
        RawHttp.once(gateway.port(), post + "Content-Length: 1001\r\n\r\n"), 413, "body-too-large");
    assertProblem(
        RawHttp.once(
            gateway.port(),
            post
                + "Transfer-Encoding: chunked\r\n\r\n7d0\r\n"
                + "z".repeat(2000)
                + "\r\n0\r\n\r\n"),
        413,
        "body-too-large");
  }

  @Test
  void refusesMethodsAndPathsThatNoRouteTakes() throws IOException {
    assertProblem(
        RawHttp.once(gateway.port(), "GET /nowhere HTTP/1.1\r\n" + HOST + "\r\n"),
        404,
        "not-found");
    assertProblem(
        RawHttp.once(gateway.port(), "OPTIONS * HTTP/1.1\r\n" + HOST + "\r\n"), 400, "bad-request");
  }

  @Test
  void givesUpOnASlowHead() throws IOException {
    try (RawHttp http = new RawHttp(gateway.port())) {
      assertProblem(http.send("GET /up HTT").read(), 408, "request-timeout");
      assertThat(http.closed()).isTrue();
    }
    // The second head of a connection is watched as the first.
    try (RawHttp http = new RawHttp(gateway.port())) {
      http.send("POST /up HTTP/1.1\r\n" + HOST + "Content-Length: 1\r\n\r\nx").read();
      assertProblem(http.send("GET /up HTT").read(), 408, "request-timeout");
      assertThat(http.closed()).isTrue();
    }
  }

  @Test
  void closesAConnectionThatSaysNothing() throws IOException {
    // On a listening socket that nobody has spoken to yet.
    try (TestGateway unused = new TestGateway().http("limits: {head: 700ms}").start();
        RawHttp http = new RawHttp(unused.port())) {
      assertThat(http.closed()).isTrue();
    }
  }

  @Test
  void meetsTheOneExpectationThatThereIs() throws IOException {
    try (RawHttp http = new RawHttp(gateway.port())) {
      String head = "POST /up HTTP/1.1\r\n" + HOST + "Content-Length: 2\r\n";
      http.send(head + "Expect: 100-continue\r\n\r\n");
      assertThat(http.read().status()).isEqualTo(100);
      assertThat(http.send("ok").read().body()).isEqualTo("ok");
      assertProblem(http.send(head + "Expect: miracles\r\n\r\n").read(), 417, "expectation-failed");
    }
  }

  @Test
  void tellsHttp10NothingThatItDoesNotKnow() throws IOException {
    String head = "POST /up HTTP/1.0\r\n" + HOST + "Content-Length: 2\r\n";
    Answer answer = RawHttp.once(gateway.port(), head + "Expect: 100-continue\r\n\r\nok");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("ok");
  }

  @Test
  void goesOnAfterAllThat() throws IOException {
    try (RawHttp http = new RawHttp(gateway.port())) {
      String request = "POST /up HTTP/1.1\r\n" + HOST + "Content-Length: 2\r\n\r\nok";
      assertThat(http.send(request).read().body()).isEqualTo("ok");
      assertThat(http.send(request).read().body()).isEqualTo("ok");
    }
  }
}
