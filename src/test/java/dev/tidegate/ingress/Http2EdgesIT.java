package dev.tidegate.ingress;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.ingress.RawHttp2.Frame;
import io.netty.handler.codec.http2.Http2Headers;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What RFC 9113 asks of a server when its peer is at fault, or takes nothing. */
@Timeout(120)
class Http2EdgesIT {
  private static final int INITIAL_WINDOW = 4;
  private static final int PROTOCOL_ERROR = 1;
  private static final int INTERNAL_ERROR = 2;
  private static final int STREAM_CLOSED = 5;

  private static Backend backend;
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    backend = new Backend(Http2EdgesIT::serve);
    gateway =
        new TestGateway()
            .http("limits: {send: 1s}")
            .routes(Routes.below("/up"), Routes.fixed("fixed", "/fixed", "here"))
            .upstream("backend", backend.port)
            .start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    backend.close();
  }

  private static void serve(HttpServerRequest request) {
    switch (request.path()) {
      case "/up/broken" -> {
        request.response().putHeader("content-length", "10").write("ab");
        request.response().write("cd").onComplete(v -> request.connection().close());
      }
      case "/up/chunked" -> request.response().setChunked(true).end(Buffer.buffer("answer"));
      default -> request.response().end("answer");
    }
  }

  private static String[] method(String method, String path) {
    String[] head = RawHttp2.get(path);
    head[1] = method;
    return head;
  }

  @ParameterizedTest
  @ValueSource(strings = {"G T", "", "GET\u0000", "G\u00e9T", "GET\r\nx: y", "(GET)"})
  void aMethodThatIsNoneEndsItsStreamAlone(String method) throws IOException {
    try (RawHttp2 http = new RawHttp2(gateway.port())) {
      http.request(1, method(method, "/fixed"));
      assertThat(http.fate(1)).isEqualTo("reset " + PROTOCOL_ERROR);
      http.request(3, RawHttp2.get("/fixed"));
      assertThat(http.fate(3)).isEqualTo("200");
    }
  }

  @Test
  void isNoTunnelAndNoMirror() throws IOException {
    try (RawHttp2 http = new RawHttp2(gateway.port())) {
      http.request(1, method("TRACE", "/up"));
      assertThat(http.fate(1)).isEqualTo("405");
      http.request(3, ":method", "CONNECT", ":authority", "a:443");
      assertThat(http.fate(3)).isEqualTo("405");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/fixed", "/up/plain", "/up/chunked"})
  void theHeadOfAnAnswerNeedsNoWindow(String path) throws IOException {
    try (RawHttp2 http = new RawHttp2(gateway.port(), 0, INITIAL_WINDOW, 0)) {
      http.request(1, RawHttp2.get(path));
      assertThat(http.fate(1)).isEqualTo("200");
      http.send(RawHttp2.WINDOW_UPDATE, 0, 1, new byte[] {0, 0, 1, 0});
      Frame frame = http.next();
      while (frame.type() != RawHttp2.DATA) {
        frame = http.next();
      }
      assertThat(new String(frame.payload(), US_ASCII)).isIn("here", "answer");
    }
  }

  /** As browsers do all the time, with whatever reason. */
  @ParameterizedTest
  @CsvSource({"/fixed, 8", "/up/plain, 8", "/up/chunked, 8", "/fixed, 0", "/up/plain, 255"})
  void whoCancelsAnAnswerThatWaitsKeepsItsConnection(String path, int reason) throws IOException {
    try (RawHttp2 http = new RawHttp2(gateway.port(), 0, INITIAL_WINDOW, 0)) {
      http.request(1, RawHttp2.get(path));
      assertThat(http.fate(1)).isEqualTo("200");
      http.send(RawHttp2.RST_STREAM, 0, 1, new byte[] {0, 0, 0, (byte) reason});
      http.request(3, RawHttp2.get(path));
      assertThat(http.fate(3)).isEqualTo("200");
    }
  }

  @Test
  void headersThatAreTooLargeAreRefusedInWords() throws IOException {
    try (RawHttp2 http = new RawHttp2(gateway.port())) {
      http.request(1, RawHttp2.get("/fixed", "x", "y".repeat(9_000)));
      Http2Headers head = null;
      while (head == null) {
        Frame frame = http.next();
        head = frame.type() == RawHttp2.HEADERS ? http.headers(frame) : null;
      }
      assertThat(head.status()).hasToString("431");
      assertThat(head.get("content-type")).hasToString("application/problem+json");
      http.request(3, RawHttp2.get("/fixed"));
      assertThat(http.fate(3)).isEqualTo("200");
    }
  }

  @Test
  void anAnswerThatBrokeOffIsReset() throws IOException {
    try (RawHttp2 http = new RawHttp2(gateway.port())) {
      http.request(1, RawHttp2.get("/up/broken"));
      assertThat(http.fate(1)).isEqualTo("200");
      assertThat(http.fate(1)).isEqualTo("reset " + INTERNAL_ERROR);
      http.request(3, RawHttp2.get("/fixed"));
      assertThat(http.fate(3)).isEqualTo("200");
    }
  }

  @Test
  void whoGoesOnWithAStreamThatItHasEndedIsLetGo() throws IOException {
    try (RawHttp2 http = new RawHttp2(gateway.port())) {
      http.request(1, RawHttp2.get("/fixed"));
      assertThat(http.fate(1)).isEqualTo("200");
      http.request(1, RawHttp2.get("/fixed"));
      assertThat(http.fate(1)).isEqualTo("closed " + STREAM_CLOSED);
    }
  }

  @Test
  void whoUsesAStreamThatItPassedOverIsLetGo() throws IOException {
    try (RawHttp2 http = new RawHttp2(gateway.port())) {
      http.request(5, RawHttp2.get("/fixed"));
      assertThat(http.fate(5)).isEqualTo("200");
      http.request(3, RawHttp2.get("/fixed"));
      assertThat(http.fate(3)).isEqualTo("closed " + PROTOCOL_ERROR);
    }
  }

  /** It may not have heard yet that the stream is reset. */
  @Test
  void whoGoesOnWithAStreamThatWasResetIsNot() throws IOException {
    try (RawHttp2 http = new RawHttp2(gateway.port())) {
      http.send(
          RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.block(method("(GET)", "/fixed")));
      assertThat(http.fate(1)).isEqualTo("reset " + PROTOCOL_ERROR);
      http.send(RawHttp2.DATA, 0, 1, new byte[10]);
      http.send(RawHttp2.DATA, RawHttp2.END_STREAM, 1, new byte[10]);
      http.request(3, RawHttp2.get("/fixed"));
      assertThat(http.fate(3)).isEqualTo("200");
    }
  }

  /** A hundred thousand requests, or as many as it is heard with: what waits for it is bounded. */
  @ParameterizedTest
  @ValueSource(strings = {"/fixed", "/up", "/nowhere"})
  void whoAsksAndNeverReadsCostsNoMemory(String path) throws Exception {
    long before = used();
    try (RawHttp2 http = new RawHttp2(gateway.port(), 4096)) {
      Thread asking =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      byte[] block = RawHttp2.block(RawHttp2.get(path));
                      for (int i = 0; i < 100_000; i++) {
                        http.send(
                            RawHttp2.HEADERS,
                            RawHttp2.END_STREAM | RawHttp2.END_HEADERS,
                            2 * i + 1,
                            block);
                      }
                    } catch (IOException e) {
                      // let go
                    }
                  });
      asking.join();
      assertThat(used() - before).isLessThan(48L << 20);
      assertThat(ends(http)).isTrue();
    }
    try (RawHttp2 http = new RawHttp2(gateway.port())) {
      http.request(1, RawHttp2.get("/fixed"));
      assertThat(http.fate(1)).isEqualTo("200");
    }
  }

  private static boolean ends(RawHttp2 http) throws IOException {
    try {
      while (true) {
        http.next();
      }
    } catch (SocketTimeoutException e) {
      return false;
    } catch (EOFException | SocketException e) {
      return true;
    }
  }

  private static long used() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
