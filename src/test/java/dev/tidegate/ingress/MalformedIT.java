package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidegate.testing.Await;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no request may hold is answered or reset within a second, and holds nothing afterwards. */
@Timeout(120)
class MalformedIT {
  private static final int SECOND = 1_000;
  private static final int REQUESTS = 600;

  /** Bytes that have a meaning to somebody on the way, or should have none. */
  private static final String[] ODD = {
    "\r",
    "\n",
    "\r\n",
    "\0",
    " ",
    "\t",
    "\u0001",
    "\u007f",
    "\u0080",
    "\u00ff",
    "%",
    "%zz",
    "%00",
    "%0d%0a",
    "%2f",
    "..",
    "/",
    "//",
    "\\",
    "?",
    "#",
    ":",
    ";",
    ",",
    "\"",
    "{",
    "=",
    "&",
    "@",
    "[",
    "A",
    "x",
    "x".repeat(300)
  };

  private static Backend backend;
  private static TestGateway gateway;

  @BeforeAll
  static void start() throws IOException {
    backend = new Backend(Backend::echoHead);
    gateway =
        new TestGateway()
            .routes(
                Routes.below("/"),
                Routes.of("id: two, prefix: /two, upstream: two, strip: /two"),
                Routes.fixed("fixed", "/fixed", "x"),
                Routes.of("id: markets, prefix: /v1/markets, local: markets"),
                Routes.of("id: keyed, prefix: /keyed, upstream: backend, auth: either"),
                Routes.of("id: async, prefix: /async, async: {}, auth: apiKey"))
            .upstream("backend", backend.port)
            .upstream(TestGateway.upstreamOf("two", "h2: true", backend.port))
            .start();
    // Once the gateway has told one that nobody lists markets here, it need not wait for it again.
    RawHttp.once(gateway.port(), "GET /v1/markets/X/book HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  @AfterAll
  static void stop() {
    gateway.close();
    backend.close();
  }

  private static String[] with(String... more) {
    return RawHttp2.get("/a", more);
  }

  private static Stream<Arguments> malformed() {
    String[] usual = {":scheme", "http", ":authority", "a", ":path", "/"};
    return Stream.of(
            with("x", "a\rb"),
            with("x", "a\nb"),
            with("x", "a\r\nb: c"),
            with("x", "a\0b"),
            with("x", " a"),
            with("x", "a\u0001"),
            with("x y", "a"),
            with("x\n", "a"),
            with("X", "a"),
            with("", "a"),
            with("x:y", "a"),
            with("host", "b"),
            with("connection", "close"),
            with("transfer-encoding", "chunked"),
            with("content-length", "x"),
            RawHttp2.get("/a b"),
            RawHttp2.get("/a\r\nx: y"),
            RawHttp2.get("/a\0"),
            RawHttp2.get("/a?b\r\nc"),
            RawHttp2.get("/a?\u00fc"),
            RawHttp2.get("/a#b"),
            RawHttp2.get("http://b/a"),
            RawHttp2.get("a"),
            RawHttp2.get(""),
            method("G T", usual),
            method("GET\r\n", usual),
            method("", usual),
            method("G\u00e4T", usual),
            method("GET", ":scheme", "http", ":authority", "a b", ":path", "/"),
            method("GET", ":scheme", "http", ":authority", "a\r\nx: y", ":path", "/"),
            method("GET", ":scheme", "http", ":authority", ":", ":path", "/"),
            method("GET", ":scheme", "http", ":authority", "u@a", ":path", "/"),
            method("GET", ":scheme", "http", ":authority", "a:x", ":path", "/"))
        .map(fields -> Arguments.of((Object) fields));
  }

  private static String[] method(String method, String... rest) {
    return Stream.concat(Stream.of(":method", method), Stream.of(rest)).toArray(String[]::new);
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void isRefusedOverHttp2(String[] fields) throws IOException {
    int before = backend.requests.get();
    try (RawHttp2 http = new RawHttp2(gateway.port())) {
      http.within(SECOND);
      http.request(1, fields);
      assertThat(http.fate(1)).matches("400|reset 1|closed.*");
    }
    assertThat(backend.requests).hasValue(before);
  }

  /** RFC 9112, section 3.2.2: the target's host holds, whatever Host says. */
  @ParameterizedTest
  @CsvSource({
    "http://b/a, b, /a",
    "HTTP://b/a, b, /a",
    "hTTps://b:8443/a?x=/y, b:8443, /a?x=/y",
    "http://b, b, /",
    "http://b?x=/y, b, /?x=/y",
    "http://[::1]:80/, [::1]:80, /"
  })
  void anAbsoluteTargetNamesItsHost(String target, String host, String path) throws IOException {
    String answer = once("GET " + target + " HTTP/1.1\r\nHost: other\r\n\r\n");
    assertThat(answer).startsWith("200").contains("GET " + path + "\n");
    assertThat(answer).contains("x-forwarded-host: " + host + "\n").doesNotContain("other");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://",
        "http:///a",
        "http://u@b/a",
        "http://b:x/a",
        "http://b/a#c",
        "http:b/a",
        "ftp://b/a",
        "//b/a HTTP/1.1\r\nX",
        "b/a"
      })
  void anAbsoluteTargetIsWhole(String target) throws IOException {
    assertThat(once("GET " + target + " HTTP/1.1\r\nHost: b\r\n\r\n")).startsWith("400");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:b", ":", ":80", "[::1", "[]", "[g]", "a b", "a,b", "a:1234567", "<a>"})
  void aHostIsAHost(String host) throws IOException {
    assertThat(once("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n")).startsWith("400");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void oddBytesAnywhereHoldNobodyUp(long seed) throws Exception {
    Random random = new Random(seed);
    List<String> hung = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      String[] request = request(random);
      String fate = i % 2 == 0 ? overHttp2(request) : overHttp1(request);
      if (fate.equals("hangs")) {
        hung.add(String.join("|", request));
      }
    }
    assertThat(hung).isEmpty();
    Await.await("pools at zero", MalformedIT::poolsAtZero);
  }

  private static boolean poolsAtZero() throws IOException {
    for (JsonNode upstream : gateway.upstreams().path("upstreams")) {
      for (JsonNode endpoint : upstream.path("endpoints")) {
        if (endpoint.path("inFlight").asInt() != 0 || endpoint.path("pending").asInt() != 0) {
          return false;
        }
      }
    }
    return true;
  }

  /** A request that was in order until some odd bytes got into it: method, host, target, header. */
  private static String[] request(Random random) {
    String[] paths = {"/", "/two/a", "/fixed", "/v1/markets/X/book?depth=1", "/keyed", "/async"};
    String[] names = {"x-a", "accept", "x-api-key", "prefer", "te", "x-request-id", "cookie"};
    String[] fields = {
      "GET",
      "a",
      paths[random.nextInt(paths.length)],
      names[random.nextInt(names.length)],
      "alice-key"
    };
    for (int odd = 1 + random.nextInt(2); odd > 0; odd--) {
      int at = random.nextInt(fields.length);
      int where = random.nextInt(fields[at].length() + 1);
      fields[at] =
          fields[at].substring(0, where)
              + ODD[random.nextInt(ODD.length)]
              + fields[at].substring(where);
    }
    return fields;
  }

  private static String overHttp2(String[] of) throws IOException {
    try (RawHttp2 http = new RawHttp2(gateway.port())) {
      http.within(SECOND);
      http.request(
          1,
          ":method",
          of[0],
          ":scheme",
          "http",
          ":authority",
          of[1],
          ":path",
          of[2],
          of[3],
          of[4]);
      return http.fate(1);
    } catch (SocketTimeoutException e) {
      return "hangs";
    }
  }

  private static String overHttp1(String[] of) throws IOException {
    // Two line breaks so that whatever has become of the head ends here.
    return once(
        of[0]
            + ' '
            + of[2]
            + " HTTP/1.1\r\nHost: "
            + of[1]
            + "\r\n"
            + of[3]
            + ": "
            + of[4]
            + "\r\nConnection: close\r\n\r\n\r\n\r\n");
  }

  /** The status and the body, or what came instead. */
  private static String once(String request) throws IOException {
    try (RawHttp http = new RawHttp(gateway.port())) {
      http.within(SECOND);
      RawHttp.Answer answer = http.send(request).read();
      return answer.status() + " " + answer.body();
    } catch (SocketTimeoutException e) {
      return "hangs";
    } catch (EOFException | SocketException e) {
      return "closed";
    }
  }
}
