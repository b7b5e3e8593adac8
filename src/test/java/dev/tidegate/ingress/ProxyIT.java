package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.ingress.RawHttp.Answer;
import dev.tidegate.upstream.UpstreamNode;
import dev.tidegate.upstream.UpstreamVerticle;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What passes through the gateway, over HTTP/1.1. */
@Timeout(60)
class ProxyIT {
  private static final String GET = " HTTP/1.1\r\nHost: example.com\r\n";

  private static TestGateway before(int... ports) {
    return new TestGateway().routes(Routes.below("/")).upstream("backend", ports).start();
  }

  @Test
  void tellsTheUpstreamWhereTheRequestComesFrom() throws IOException {
    try (Backend backend = new Backend(Backend::echoHead);
        TestGateway gateway = before(backend.port)) {
      Answer answer =
          RawHttp.once(
              gateway.port(),
              "GET /a%41/b?x=1"
                  + GET
                  + "X-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\n"
                  + "X-Consumer: mallory\r\nX-Request-Id: abc-1\r\ntraceparent: 00-1-2-01\r\n"
                  + "Via: 1.0 other\r\nKeep-Alive: 5\r\nConnection: keep-alive, X-Secret\r\n"
                  + "X-Secret: s\r\nTE: trailers\r\nX-Kept: k\r\n\r\n");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("x-request-id")).isEqualTo("abc-1");
      assertThat(answer.body())
          .startsWith("GET /aA/b?x=1\n")
          .contains("x-forwarded-for: 127.0.0.1\n")
          .contains("x-forwarded-proto: http\n")
          .contains("x-forwarded-host: example.com\n")
          .contains("x-real-ip: 127.0.0.1\n")
          .contains("forwarded: for=127.0.0.1;host=\"example.com\";proto=http\n")
          .contains("via: 1.0 other, 1.1 tidegate\n")
          .contains("x-request-id: abc-1\n")
          .contains("traceparent: 00-1-2-01\n")
          .containsIgnoringCase("x-kept: k\n")
          .doesNotContain("6.6.6.6")
          .doesNotContainIgnoringCase("x-secret")
          .doesNotContainIgnoringCase("mallory")
          .doesNotContainIgnoringCase("keep-alive: 5")
          .doesNotContainIgnoringCase("te: trailers");
    }
  }

  @Test
  void believesTrustedProxiesOnly() throws IOException {
    try (Backend backend = new Backend(Backend::echoHead);
        TestGateway gateway =
            new TestGateway()
                .http("trustedProxies: [127.0.0.0/8, 10.0.0.0/8]")
                .routes(Routes.below("/"))
                .upstream("backend", backend.port)
                .start()) {
      Answer answer =
          RawHttp.once(
              gateway.port(),
              "GET /"
                  + GET
                  + "X-Forwarded-For: 9.9.9.9, 7.7.7.7, 10.1.2.3\r\nX-Forwarded-Proto: https\r\n\r\n");
      assertThat(answer.body())
          .contains("x-real-ip: 7.7.7.7\n")
          .contains("x-forwarded-for: 9.9.9.9, 7.7.7.7, 10.1.2.3, 127.0.0.1\n")
          .contains("x-forwarded-proto: https\n");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void passesOnWhatProxiesSayWhenTheyAreTrusted(boolean trusted) throws IOException {
    List<String> names =
        List.of(
            "X-Forwarded-Port",
            "X-Forwarded-Prefix",
            "X-Forwarded-Ssl",
            "X-Forwarded-Server",
            "X-Original-URL",
            "X-Original-Forwarded-For",
            "X-Rewrite-URL");
    StringBuilder headers = new StringBuilder();
    for (String name : names) {
      headers.append(name).append(": said\r\n");
      headers.append(name.replace('-', '_')).append(": folded\r\n");
    }
    headers.append("X_Consumer: folded\r\nX_Real_IP: folded\r\nX_Mine: mine\r\n");
    try (Backend backend = new Backend(Backend::echoHead);
        TestGateway gateway =
            new TestGateway()
                .http("trustedProxies: [" + (trusted ? "127.0.0.0/8" : "10.0.0.0/8") + "]")
                .routes(Routes.below("/"))
                .upstream("backend", backend.port)
                .start()) {
      String seen = RawHttp.once(gateway.port(), "GET /" + GET + headers + "\r\n").body();
      assertThat(seen).contains("X_Mine: mine\n").doesNotContain("folded");
      for (String name : names) {
        assertThat(seen.contains(name + ": said\n")).isEqualTo(trusted);
      }
    }
  }

  @Test
  void rewritesThePath() throws IOException {
    try (Backend backend = new Backend(Backend::echoHead);
        TestGateway gateway =
            new TestGateway()
                .routes(
                    Routes.of(
                        "id: r, prefix: /api, upstream: backend, strip: /api, rewrite: /internal"))
                .upstream("backend", backend.port)
                .start()) {
      assertThat(RawHttp.once(gateway.port(), "GET /api/users/7?q=a%20b" + GET + "\r\n").body())
          .startsWith("GET /internal/users/7?q=a%20b\n");
      assertThat(RawHttp.once(gateway.port(), "GET /api" + GET + "\r\n").body())
          .startsWith("GET /internal\n");
    }
  }

  @Test
  void streamsLargeBodiesBothWaysWithoutHoldingThem() throws Exception {
    int size = 64 * 1024 * 1024;
    try (Backend backend = new Backend(Backend::echoBody);
        TestGateway gateway =
            new TestGateway()
                .http("limits: {bodyBytes: " + size + "}")
                .routes(Routes.below("/"))
                .upstream("backend", backend.port)
                .start();
        SocketChannel caller =
            SocketChannel.open(new InetSocketAddress("127.0.0.1", gateway.port()))) {
      // Nobody reads the answer: every buffer on the way fills, and then there is no room for more.
      caller.write(ascii("POST /" + GET + "Content-Length: " + size + "\r\n\r\n"));
      caller.configureBlocking(false);
      AtomicLong filled = new AtomicLong();
      long sent =
          Standstill.of(
              gateway, "/", size, () -> filled.addAndGet(fill(caller, size - filled.get())));
      assertThat(sent).isPositive().isLessThan(size - 8L * 1024 * 1024);
      caller.configureBlocking(true);
      Thread writer = Thread.ofVirtual().start(() -> write(caller, size - sent));
      long read = 0;
      ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
      while (read < size) {
        int n = caller.read(buffer.clear());
        assertThat(n).isPositive();
        read += n;
      }
      writer.join();
    }
  }

  /** Writes what there is room for; how many bytes. */
  private static long fill(SocketChannel channel, long most) throws IOException {
    long sent = 0;
    long taken = most;
    while (taken > 0 && sent < most) {
      taken = channel.write(ByteBuffer.allocate((int) Math.min(1 << 16, most - sent)));
      sent += taken;
    }
    return sent;
  }

  private static void write(SocketChannel channel, long bytes) {
    try {
      for (long left = bytes; left > 0; ) {
        left -= channel.write(ByteBuffer.allocate((int) Math.min(1 << 16, left)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void passesAChunkedBodyAndTrailers() throws IOException {
    try (Backend backend =
            new Backend(
                request ->
                    request
                        .body()
                        .onSuccess(
                            body -> {
                              request.response().setChunked(true).putTrailer("x-sum", "42");
                              request.response().write("got ");
                              request.response().end(body);
                            }));
        TestGateway gateway = before(backend.port)) {
      Answer answer =
          RawHttp.once(
              gateway.port(),
              "POST /"
                  + GET
                  + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
      assertThat(answer.body()).isEqualTo("got abcde");
      assertThat(answer.headers()).containsKey("trailer:x-sum");
    }
  }

  @Test
  void sendsWhatIsThereBeforeTheRestComes() throws IOException {
    Promise<Void> goOn = Promise.promise();
    try (Backend backend =
            new Backend(
                request -> {
                  request
                      .response()
                      .setChunked(true)
                      .putHeader("content-type", "text/event-stream");
                  request.response().write("data: 1\n\n");
                  goOn.future().onSuccess(v -> request.response().end("data: 2\n\n"));
                });
        TestGateway gateway = before(backend.port);
        Socket socket = new Socket("127.0.0.1", gateway.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(("GET /" + GET + "\r\n").getBytes(StandardCharsets.US_ASCII));
      StringBuilder seen = new StringBuilder();
      while (seen.indexOf("data: 1") < 0) {
        seen.append((char) socket.getInputStream().read());
      }
      goOn.complete();
      while (seen.indexOf("data: 2") < 0) {
        seen.append((char) socket.getInputStream().read());
      }
    }
  }

  @Test
  void answersHeadAndEmptyStatuses() throws IOException {
    try (Backend backend =
            new Backend(
                request ->
                    request
                        .response()
                        .setStatusCode(request.path().equals("/204") ? 204 : 200)
                        .end(request.path().equals("/204") ? "" : "12345"));
        TestGateway gateway = before(backend.port);
        RawHttp http = new RawHttp(gateway.port())) {
      assertThat(http.send("GET /204" + GET + "\r\n").read().status()).isEqualTo(204);
      http.send("HEAD /" + GET + "\r\n" + "GET /" + GET + "\r\n");
      // The body-less answer to HEAD must leave the connection in step.
      String both = readUntil(http, "12345");
      assertThat(both.split("HTTP/1.1 200").length).isEqualTo(3);
    }
  }

  private static String readUntil(RawHttp http, String end) throws IOException {
    StringBuilder seen = new StringBuilder();
    while (seen.indexOf(end) < 0) {
      seen.append((char) http.next());
    }
    return seen.toString();
  }

  @Test
  void keepsConnectionsToTheUpstream() throws IOException {
    try (Backend backend = new Backend(Backend::echoHead);
        TestGateway gateway = before(backend.port);
        RawHttp http = new RawHttp(gateway.port())) {
      for (int i = 0; i < 20; i++) {
        assertThat(http.send("GET /" + GET + "\r\n").read().status()).isEqualTo(200);
      }
      assertThat(backend.requests).hasValue(20);
      assertThat(backend.connections).hasValue(1);
    }
  }

  @Test
  void retriesOnceWhenAKeptConnectionTurnsOutToBeDead() throws Exception {
    try (ServerSocket backend = new ServerSocket(0);
        TestGateway gateway = before(backend.getLocalPort());
        RawHttp http = new RawHttp(gateway.port())) {
      Thread server =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (Socket first = backend.accept()) {
                      answer(first, "one");
                      // The second request is read and then the connection dies without a byte.
                      readHead(first);
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                    try (Socket second = backend.accept()) {
                      answer(second, "two");
                      readHead(second);
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  });
      assertThat(http.send("GET /" + GET + "\r\n").read().body()).isEqualTo("one");
      assertThat(http.send("GET /" + GET + "\r\n").read().body()).isEqualTo("two");
      // What must not be repeated is not: its outcome is unknown.
      Answer post = http.send("POST /" + GET + "Content-Length: 1\r\n\r\nx").read();
      assertThat(post.status()).isEqualTo(502);
      assertThat(post.body())
          .contains("/problems/upstream-broken")
          .contains("\"outcome\":\"unknown\"");
      server.join();
    }
  }

  @Test
  void sendsABodyThatWasNotBegunOnAnotherConnection() throws Exception {
    try (ServerSocket backend = new ServerSocket(0);
        TestGateway gateway = before(backend.getLocalPort());
        RawHttp http = new RawHttp(gateway.port())) {
      CountDownLatch taken = new CountDownLatch(1);
      CountDownLatch repeated = new CountDownLatch(1);
      Thread server =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (Socket first = backend.accept()) {
                      answer(first, "one");
                      taken.await();
                    } catch (IOException | InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                    try (Socket second = backend.accept()) {
                      repeated.countDown();
                      readHead(second);
                      byte[] body = second.getInputStream().readNBytes(5);
                      reply(second, new String(body, StandardCharsets.US_ASCII));
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  });
      assertThat(http.send("GET /" + GET + "\r\n").read().body()).isEqualTo("one");
      http.send("PUT /" + GET + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");
      assertThat(http.read().status()).isEqualTo(100);
      taken.countDown();
      repeated.await();
      Answer answer = http.send("hello").read();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("hello");
      server.join();
    }
  }

  private static void answer(Socket socket, String body) throws IOException {
    readHead(socket);
    reply(socket, body);
  }

  private static void reply(Socket socket, String body) throws IOException {
    socket
        .getOutputStream()
        .write(
            ("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII));
  }

  private static void readHead(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = socket.getInputStream().read();
      if (b < 0) {
        return;
      }
      head.append((char) b);
    }
  }

  @Test
  void saysHonestlyWhatFailed() throws Exception {
    int closed;
    try (ServerSocket taken = new ServerSocket(0)) {
      closed = taken.getLocalPort();
    }
    try (Backend slow = new Backend(request -> {});
        ServerSocket broken = new ServerSocket(0);
        TestGateway gateway =
            new TestGateway()
                .routes(
                    Routes.of("id: down, prefix: /down, upstream: down"),
                    Routes.of("id: slow, prefix: /slow, upstream: slow, timeout: 300ms"),
                    Routes.of("id: broken, prefix: /broken, upstream: broken"),
                    Routes.of("id: nobody, prefix: /nobody, upstream: nobody"))
                .upstream("down", closed)
                .upstream("slow", slow.port)
                .upstream("broken", broken.getLocalPort())
                .start()) {
      CountDownLatch seen = new CountDownLatch(1);
      Thread.ofVirtual().start(() -> breakOff(broken, seen));
      assertFailed(gateway, "/down", 502, "upstream-unreachable", "never-sent");
      assertFailed(gateway, "/slow", 504, "upstream-timeout", "unknown");
      assertFailed(gateway, "/nobody", 503, "unavailable", "never-sent");
      try (RawHttp http = new RawHttp(gateway.port())) {
        http.send("GET /broken" + GET + "\r\n");
        assertThat(readUntil(http, "abc")).startsWith("HTTP/1.1 200 ");
        seen.countDown();
        assertThatThrownBy(() -> readUntil(http, "0\r\n\r\n")).isInstanceOf(IOException.class);
      }
    }
  }

  /** Half an answer, and then nothing when the caller has seen that half. */
  private static void breakOff(ServerSocket server, CountDownLatch seen) {
    try (Socket socket = server.accept()) {
      readHead(socket);
      socket
          .getOutputStream()
          .write(
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      seen.await();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void assertFailed(
      TestGateway gateway, String path, int status, String problem, String outcome)
      throws IOException {
    Answer answer =
        RawHttp.once(gateway.port(), "POST " + path + GET + "Content-Length: 0\r\n\r\n");
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
    assertThat(answer.body())
        .contains("\"type\":\"/problems/" + problem + "\"")
        .contains("\"outcome\":\"" + outcome + "\"")
        .contains("\"requestId\":\"" + answer.header("x-request-id") + "\"");
  }

  @Test
  void triesAnotherEndpointWhenOneCannotBeReached() throws IOException {
    int closed;
    try (ServerSocket taken = new ServerSocket(0)) {
      closed = taken.getLocalPort();
    }
    try (Backend backend = new Backend(Backend::echoHead);
        TestGateway gateway = before(closed, backend.port)) {
      for (int i = 0; i < 6; i++) {
        assertThat(RawHttp.once(gateway.port(), "GET /" + GET + "\r\n").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void refusesWhenTooManyWaitForAnUpstream() throws Exception {
    Promise<HttpServerRequest> held = Promise.promise();
    try (Backend backend = new Backend(held::tryComplete);
        TestGateway gateway =
            new TestGateway()
                .routes(Routes.below("/"))
                .upstream(
                    TestGateway.upstreamOf(
                        "backend", "maxConnections: 1, maxPending: 0", backend.port))
                .start();
        RawHttp first = new RawHttp(gateway.port())) {
      first.send("GET /" + GET + "\r\n");
      HttpServerRequest request = held.future().await();
      Answer refused = RawHttp.once(gateway.port(), "GET /" + GET + "\r\n");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.body()).contains("overloaded").contains("never-sent");
      request.response().end("late");
      assertThat(first.read().body()).isEqualTo("late");
    }
  }

  @Test
  void stopsTheUpstreamWhenTheCallerLeaves() throws Exception {
    Promise<Void> gone = Promise.promise();
    Promise<Void> arrived = Promise.promise();
    try (Backend backend =
            new Backend(
                request -> {
                  request.connection().closeHandler(v -> gone.tryComplete());
                  arrived.tryComplete();
                });
        TestGateway gateway = before(backend.port)) {
      try (RawHttp http = new RawHttp(gateway.port())) {
        http.send("GET /" + GET + "\r\n");
        arrived.future().await();
      }
      gone.future().await();
      assertThat(gone.future().succeeded()).isTrue();
    }
  }

  @Test
  void travelsWholeWhenThisEventLoopHasNoUpstream() throws IOException {
    try (Backend backend = new Backend(Backend::echoBody);
        TestGateway gateway =
            new TestGateway(2).withoutUpstreamRole().routes(Routes.below("/")).start()) {
      Answer nobody = RawHttp.once(gateway.port(), "GET /" + GET + "\r\n");
      assertThat(nobody.status()).isEqualTo(503);
      assertThat(nobody.body()).contains("never-sent");
      gateway
          .vertx
          .deployVerticle(
              new UpstreamVerticle(
                  new UpstreamNode(
                      List.of(TestGateway.upstreamOf("backend", "", backend.port)),
                      List.of(),
                      gateway.meters,
                      gateway.loops,
                      "test")))
          .await();
      Answer answer =
          RawHttp.once(gateway.port(), "POST /" + GET + "Content-Length: 5\r\n\r\nhello");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("hello");
    }
  }

  @Test
  void speaksHttp2ToUpstreamsThatWantIt() throws IOException {
    try (Backend backend =
            new Backend(
                0,
                new HttpServerOptions().setHttp2ClearTextEnabled(true),
                request -> request.response().end(request.version().name()));
        TestGateway gateway =
            new TestGateway()
                .routes(Routes.below("/"))
                .upstream(TestGateway.upstreamOf("backend", "h2: true", backend.port))
                .start();
        RawHttp http = new RawHttp(gateway.port())) {
      for (int i = 0; i < 3; i++) {
        assertThat(http.send("GET /" + GET + "\r\n").read().body()).isEqualTo("HTTP_2");
      }
      assertThat(backend.connections).hasValue(1);
    }
  }
}
