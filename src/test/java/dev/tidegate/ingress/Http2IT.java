package dev.tidegate.ingress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.testing.Bodies;
import dev.tidegate.testing.Certificate;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.impl.ConnectionBase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** HTTP/2 over TLS and in clear text, and what TLS itself must refuse. */
@Timeout(60)
class Http2IT {
  private static final int LARGE = 10_000;

  /** A client that nobody holds closes its connections. */
  private static final List<HttpClientAgent> KEPT = new ArrayList<>();

  private static Vertx clients;
  private static Backend backend;
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    clients = Vertx.vertx();
    backend =
        new Backend(
            request -> {
              switch (request.path()) {
                case "/echo" -> Backend.echoBody(request);
                case "/endless" -> pour(request);
                default -> request.response().end(Buffer.buffer(new byte[LARGE]));
              }
            });
    gateway =
        new TestGateway()
            .tls(Certificate.create())
            .routes(Routes.below("/"), Routes.fixed("fixed", "/fixed", "x".repeat(LARGE)))
            .upstream("backend", backend.port)
            .start();
  }

  private static final AtomicLong POURED = new AtomicLong();

  private static void pour(HttpServerRequest request) {
    Buffer chunk = Buffer.buffer(new byte[16 * 1024]);
    request.response().setChunked(true);
    pour(request, chunk);
  }

  private static void pour(HttpServerRequest request, Buffer chunk) {
    while (!request.response().closed() && !request.response().writeQueueFull()) {
      request.response().write(chunk);
      POURED.addAndGet(chunk.length());
    }
    request.response().drainHandler(v -> pour(request, chunk));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    backend.close();
    clients.close().await();
  }

  private static HttpClientOptions options(boolean tls) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false)
            .setHttp2ConnectionWindowSize(1 << 30);
    options.getInitialSettings().setInitialWindowSize(1 << 30);
    return tls
        ? options.setSsl(true).setUseAlpn(true).setTrustAll(true).setVerifyHost(false)
        : options;
  }

  private static HttpClientAgent client(HttpClientOptions options) {
    HttpClientAgent client = clients.createHttpClient(options);
    KEPT.add(client);
    return client;
  }

  private static HttpClientConnection connect(boolean tls) {
    return client(options(tls))
        .connect(
            new HttpConnectOptions()
                .setHost("127.0.0.1")
                .setPort(tls ? gateway.tlsPort() : gateway.port()))
        .await();
  }

  private static Future<Buffer> get(HttpClientConnection connection, String path) {
    return connection.request(new RequestOptions().setURI(path)).compose(Bodies::of);
  }

  private static void assertFlows(boolean tls, String path) {
    HttpClientConnection connection = connect(tls);
    List<Future<Buffer>> answers = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      answers.add(get(connection, path));
    }
    Future.all(answers).timeout(30, TimeUnit.SECONDS).await();
    assertThat(answers).allSatisfy(a -> assertThat(a.result().length()).isEqualTo(LARGE));
    connection.close().await();
  }

  /** Windows are wide open, so the socket is what fills up, and streams begin while it is full. */
  @Test
  void keepsFlowingWithAWideWindowOverTls() throws InterruptedException {
    assertFlows(true, "/fixed");
    assertFlows(true, "/proxied");
    HttpClientConnection connection = connect(true);
    for (int round = 0; round < 5; round++) {
      // The gateway is kept busy until many requests wait, so that it reads them at once.
      CountDownLatch sent = new CountDownLatch(1);
      gateway.vertx.runOnContext(v -> awaitUninterruptibly(sent));
      List<Future<Void>> heads = new ArrayList<>();
      List<Future<Buffer>> answers = new ArrayList<>();
      for (int i = 0; i < 90; i++) {
        HttpClientRequest request =
            connection.request(new RequestOptions().setURI("/fixed")).await();
        answers.add(request.response().compose(HttpClientResponse::body));
        heads.add(request.end());
      }
      Future.all(heads).await();
      sent.countDown();
      Future.all(answers).timeout(20, TimeUnit.SECONDS).await();
      assertThat(answers).allSatisfy(a -> assertThat(a.result().length()).isEqualTo(LARGE));
    }
    connection.close().await();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void keepsFlowingInClearText() {
    assertFlows(false, "/fixed");
    assertFlows(false, "/proxied");
  }

  @Test
  void holdsTheUpstreamBackWhenTheCallerDoesNotRead() throws IOException {
    HttpClientConnection connection = connect(true);
    HttpClientResponse endless =
        connection
            .request(new RequestOptions().setURI("/endless"))
            .compose(request -> request.send().onSuccess(HttpClientResponse::pause))
            .await();
    stopReading(connection);
    // What may lie between: socket buffers and one bounded queue, not what the window would allow.
    long most = 64L * 1024 * 1024;
    assertThat(Standstill.of(gateway, "/proxied", most, POURED::get)).isPositive().isLessThan(most);
    endless.request().reset();
    connection.close().await();
  }

  private static void stopReading(HttpClientConnection connection) {
    Channel channel = channel(connection);
    channel.config().setAutoRead(false);
  }

  private static Channel channel(HttpClientConnection connection) {
    try {
      Field actual = connection.getClass().getDeclaredField("actual");
      actual.setAccessible(true);
      return ((ConnectionBase) actual.get(connection)).channel();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  @Test
  void answersHeadWithoutABody() throws IOException {
    for (String path : List.of("/fixed", "/proxied", "/%zz")) {
      try (RawHttp2 http = new RawHttp2(gateway.port())) {
        http.request(1, ":method", "HEAD", ":scheme", "http", ":authority", "a", ":path", path);
        RawHttp2.Frame frame = http.next();
        while (frame.stream() == 0) {
          frame = http.next();
        }
        assertThat(frame.type()).isEqualTo(RawHttp2.HEADERS);
        assertThat(frame.flags() & RawHttp2.END_STREAM).isEqualTo(RawHttp2.END_STREAM);
        boolean ours = !path.equals("/proxied");
        assertThat(http.headers(frame).contains("content-length")).isEqualTo(ours);
      }
    }
  }

  @Test
  void streamsABodyBothWays() {
    HttpClientConnection connection = connect(true);
    Buffer body = Buffer.buffer(new byte[5 * 1024 * 1024]);
    Buffer echo =
        connection
            .request(new RequestOptions().setURI("/echo").setMethod(HttpMethod.POST))
            .compose(request -> Bodies.of(request, body))
            .await();
    assertThat(echo.length()).isEqualTo(body.length());
    // A body whose length nobody announced, and none at all although nothing says so.
    Buffer chunked =
        connection
            .request(new RequestOptions().setURI("/echo").setMethod(HttpMethod.POST))
            .compose(
                request -> {
                  request.setChunked(true).write("ab");
                  return Bodies.of(request, Buffer.buffer("cd"));
                })
            .await();
    assertThat(chunked.toString()).isEqualTo("abcd");
    Buffer none =
        connection
            .request(new RequestOptions().setURI("/echo").setMethod(HttpMethod.POST))
            .compose(Bodies::of)
            .await();
    assertThat(none.length()).isZero();
    connection.close().await();
  }

  @Test
  void servesAHundredStreamsAtOnce() {
    HttpClientConnection connection = connect(true);
    assertThat(connection.maxActiveStreams()).isEqualTo(100);
    connection.close().await();
  }

  @Test
  void answersUnmatchedAndHugeHeadsWithProblems() {
    HttpClientConnection connection = connect(true);
    HttpClientResponse refused =
        connection
            .request(
                new RequestOptions().setURI("/proxied?" + "q".repeat(3000)).putHeader("x", "y"))
            .compose(request -> request.send())
            .await();
    assertThat(refused.statusCode()).isEqualTo(200);
    HttpClientResponse dots =
        connection
            .request(new RequestOptions().setURI("/%zz"))
            .compose(request -> request.send())
            .await();
    assertThat(dots.statusCode()).isEqualTo(400);
    assertThat(dots.getHeader("content-type")).isEqualTo("application/problem+json");
    connection.close().await();
  }

  @Test
  void refusesOldTls() {
    HttpClientOptions old =
        new HttpClientOptions()
            .setSsl(true)
            .setTrustAll(true)
            .setVerifyHost(false)
            .setEnabledSecureTransportProtocols(Set.of("TLSv1.1"));
    Promise<Void> done = Promise.promise();
    client(old)
        .request(HttpMethod.GET, gateway.tlsPort(), "127.0.0.1", "/fixed")
        .compose(request -> request.send())
        .<Void>mapEmpty()
        .onComplete(done);
    assertThatThrownBy(() -> done.future().await()).isInstanceOf(SSLException.class);
  }

  @Test
  void aRequestThatWouldUpgradeKeepsItsBody() throws Exception {
    List<BodyPublisher> bodies =
        List.of(
            BodyPublishers.ofString("the body"),
            BodyPublishers.ofInputStream(
                () -> new ByteArrayInputStream("the body".getBytes(UTF_8))));
    for (BodyPublisher body : bodies) {
      // Each client asks to upgrade with its first request.
      try (java.net.http.HttpClient upgrading = java.net.http.HttpClient.newHttpClient()) {
        HttpResponse<String> answer =
            upgrading.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + "/echo"))
                    .POST(body)
                    .build(),
                BodyHandlers.ofString());
        assertThat(answer.version()).isEqualTo(java.net.http.HttpClient.Version.HTTP_1_1);
        assertThat(answer.body()).isEqualTo("the body");
      }
    }
  }

  @Test
  void speaksHttp1OverTlsToThoseWhoKnowNothingElse() {
    HttpClientOptions plain =
        new HttpClientOptions().setSsl(true).setTrustAll(true).setVerifyHost(false);
    Buffer body =
        client(plain)
            .request(HttpMethod.GET, gateway.tlsPort(), "127.0.0.1", "/proxied")
            .compose(Bodies::of)
            .await();
    assertThat(body.length()).isEqualTo(LARGE);
  }
}
