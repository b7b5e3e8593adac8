package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.Certificate;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers who ask and do not take what they are answered. */
@Timeout(60)
class SlowCallersIT {
  private static final int LINKS = 4;
  private static final int LARGE = 200_000;
  private static final int INITIAL_WINDOW = 4;
  private static final int CALM = 11;

  private static final int BATCH = 50;
  private static final int MANY = 3_000;
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
  private static final String HTTP1_HEAD = "HEAD /heavy HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String[] HEAD = {
    ":method", "HEAD", ":scheme", "http", ":authority", "a", ":path", "/heavy"
  };

  private static Backend backend;
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    Buffer chunk = Buffer.buffer(new byte[16 * 1024]);
    backend =
        new Backend(
            request -> {
              if (request.path().equals("/endless")) {
                request.response().setChunked(true);
                pour(request, chunk);
              } else {
                request.response().end("short");
              }
            });
    gateway =
        new TestGateway()
            .tls(Certificate.create())
            .http("limits: {send: 800ms, unsentBytes: 65536, requestsPerConnection: 1000000}")
            .routes(
                Routes.below("/"),
                Routes.fixed("small", "/small", "x"),
                // A head that no table of headers has room for.
                Routes.of(
                    "id: heavy, prefix: /heavy, fixed: {contentType: 'a/b;c=%s'}"
                        .formatted("x".repeat(6000))),
                Routes.fixed("large", "/large", "x".repeat(LARGE)))
            .upstream(TestGateway.upstreamOf("backend", "maxConnections: " + LINKS, backend.port))
            .start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    backend.close();
  }

  private static void pour(HttpServerRequest request, Buffer chunk) {
    while (!request.response().closed() && !request.response().writeQueueFull()) {
      request.response().write(chunk);
    }
    request.response().drainHandler(v -> pour(request, chunk));
  }

  private static int linksInUse() throws IOException {
    int links = 0;
    for (JsonNode upstream : gateway.upstreams().path("upstreams")) {
      for (JsonNode endpoint : upstream.path("endpoints")) {
        links += endpoint.path("inFlight").asInt();
      }
    }
    return links;
  }

  private static SocketChannel silent(int port) throws IOException {
    SocketChannel caller = SocketChannel.open();
    caller.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
    caller.connect(new InetSocketAddress("127.0.0.1", port));
    return caller;
  }

  @Test
  void fourSocketsThatDoNotReadHoldThePoolForAMomentOnly() throws IOException {
    List<SocketChannel> silent = new ArrayList<>();
    for (int i = 0; i < LINKS; i++) {
      SocketChannel caller = silent(gateway.port());
      caller.write(ascii("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n"));
      silent.add(caller);
    }
    Await.await("all links taken", () -> linksInUse() == LINKS);
    // Waits in the pool's queue until the callers have been let go.
    assertThat(RawHttp.once(gateway.port(), "GET /short HTTP/1.1\r\nHost: a\r\n\r\n").body())
        .isEqualTo("short");
    Await.await("no link taken", () -> linksInUse() == 0);
    for (SocketChannel caller : silent) {
      caller.close();
    }
  }

  @Test
  void aStreamWithoutAWindowIsResetAndItsNeighboursAreNot() throws IOException {
    try (RawHttp2 http = new RawHttp2(gateway.port(), 0, INITIAL_WINDOW, 0)) {
      http.request(1, RawHttp2.get("/endless"));
      Await.await("a link taken", () -> linksInUse() == 1);
      String fate = "";
      for (int stream = 3; fate.isEmpty(); stream += 2) {
        // The connection lives: what has no body needs no window.
        http.request(stream, HEAD);
        fate = fateOfFirst(http, stream);
      }
      assertThat(fate).startsWith("reset");
      Await.await("no link taken", () -> linksInUse() == 0);
    }
  }

  /** What became of stream 1 before the other one was answered; empty when it is still there. */
  private static String fateOfFirst(RawHttp2 http, int other) throws IOException {
    while (true) {
      RawHttp2.Frame frame = http.next();
      if (frame.type() == RawHttp2.HEADERS) {
        assertThat(http.headers(frame).status()).hasToString("200");
        if (frame.stream() == other) {
          return "";
        }
      } else if (frame.type() == RawHttp2.RST_STREAM) {
        assertThat(frame.stream()).isEqualTo(1);
        return "reset " + frame.number(0);
      }
    }
  }

  @Test
  void whoOpensStreamsWithoutAWindowForThemIsToldToCalmDown() throws IOException {
    try (RawHttp2 http = new RawHttp2(gateway.port(), 0, INITIAL_WINDOW, 0)) {
      for (int stream = 1; stream < 100; stream += 2) {
        http.request(stream, RawHttp2.get("/large"));
      }
      RawHttp2.Frame frame = http.next();
      while (frame.type() != RawHttp2.GOAWAY) {
        frame = http.next();
      }
      assertThat(frame.number(4)).isEqualTo(CALM);
      // What was asked for before is still answered to those who take it now.
      byte[] wide = {0x10, 0, 0, 0};
      http.send(RawHttp2.WINDOW_UPDATE, 0, 0, wide);
      http.send(RawHttp2.WINDOW_UPDATE, 0, 1, wide);
      int taken = 0;
      while (taken < LARGE) {
        frame = http.next();
        taken += frame.type() == RawHttp2.DATA && frame.stream() == 1 ? frame.payload().length : 0;
      }
      assertThat(http.fate(99)).isEqualTo("closed");
    }
  }

  /** Answers without a body know no window: nothing but the socket holds them up. */
  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1", "HTTP/2"})
  void whoDoesNotReadIsNotReadAndThenLetGo(String version) throws IOException {
    boolean http2 = version.equals("HTTP/2");
    double before = answered();
    long sent = 0;
    try (SocketChannel caller = silent(gateway.port())) {
      caller.write(http2 ? ascii(PREFACE) : ascii(HTTP1_HEAD));
      Await.await("the connection is known", () -> open() > 0);
      while (sent < MANY && open() > 0) {
        // Never more at once than may be open at once.
        caller.write(http2 ? streams((int) sent, BATCH) : ascii(HTTP1_HEAD.repeat(BATCH)));
        sent += BATCH;
        double due = before + sent;
        while (answered() < due && open() > 0) {
          Thread.onSpinWait();
        }
      }
    }
    // What the system's own buffers take, and little more.
    assertThat(sent).isLessThan(MANY);
    assertThat(RawHttp.once(gateway.port(), "GET /small HTTP/1.1\r\nHost: a\r\n\r\n").body())
        .isEqualTo("x");
  }

  private static int open() throws IOException {
    return gateway.shown("routes").path("connections").asInt();
  }

  private static double answered() {
    return gateway.meters.find("tidegate.http.requests").timers().stream()
        .mapToLong(timer -> timer.count())
        .sum();
  }

  private static ByteBuffer streams(int before, int count) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = before; i < before + count; i++) {
      int flags = RawHttp2.END_STREAM | RawHttp2.END_HEADERS;
      out.writeBytes(RawHttp2.frame(RawHttp2.HEADERS, flags, 2 * i + 1, RawHttp2.block(HEAD)));
    }
    return ByteBuffer.wrap(out.toByteArray());
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
