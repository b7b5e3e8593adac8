package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.testing.Bodies;
import dev.tidegate.testing.Certificate;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bodies flow both ways at once over HTTP/2, whichever way a connection has come to speak it and
 * however wide its windows are. {@code -Dtidegate.rounds} repeats it, {@code -Dtidegate.megabytes}
 * makes the largest body larger.
 */
@Timeout(300)
class Http2FlowIT {
  private static final int ROUNDS = Integer.getInteger("tidegate.rounds", 2);
  private static final int LARGEST = Integer.getInteger("tidegate.megabytes", 1) << 20;

  private enum Way {
    ALPN,
    PRIOR_KNOWLEDGE,
    UPGRADE
  }

  private static Vertx clients;
  private static Backend backend;
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    clients = Vertx.vertx();
    backend = new Backend(Backend::echoBody);
    gateway =
        new TestGateway()
            .tls(Certificate.create())
            .http("limits: {bodyBytes: " + LARGEST + "}")
            .routes(Routes.below("/echo"), Routes.fixed("fixed", "/fixed", "here"))
            .upstream("backend", backend.port)
            .start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    backend.close();
    clients.close().await();
  }

  static Stream<Arguments> matrix() {
    return Arrays.stream(Way.values())
        .flatMap(
            way ->
                Stream.of(1 << 10, LARGEST)
                    .flatMap(
                        size ->
                            Stream.of(1 << 10, 65_535, 1 << 30)
                                .map(window -> Arguments.of(way, size, window))));
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void nothingStandsStill(Way way, int size, int window) {
    byte[] body = new byte[size];
    new Random(size + window).nextBytes(body);
    for (int round = 0; round < ROUNDS; round++) {
      HttpClientAgent client = clients.createHttpClient(options(way, window));
      HttpClientConnection connection =
          client
              .connect(
                  new HttpConnectOptions()
                      .setHost("127.0.0.1")
                      .setPort(way == Way.ALPN ? gateway.tlsPort() : gateway.port()))
              .await();
      // The first request upgrades, and has no body.
      HttpClientResponse first =
          connection
              .request(new RequestOptions().setURI("/fixed"))
              .compose(HttpClientRequest::send)
              .timeout(60, TimeUnit.SECONDS)
              .await();
      assertThat(first.statusCode()).isEqualTo(200);
      assertThat(first.version()).isEqualTo(HttpVersion.HTTP_2);
      assertThat(ask(connection, Buffer.buffer(body))).isEqualTo(body);
      client.close().await();
    }
  }

  private static byte[] ask(HttpClientConnection connection, Buffer body) {
    return connection
        .request(new RequestOptions().setMethod(HttpMethod.POST).setURI("/echo"))
        .compose(request -> Bodies.of(request, body))
        .timeout(60, TimeUnit.SECONDS)
        .await()
        .getBytes();
  }

  private static HttpClientOptions options(Way way, int window) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(way == Way.UPGRADE);
    if (window > 65_535) {
      options.setHttp2ConnectionWindowSize(window);
    }
    options.getInitialSettings().setInitialWindowSize(window);
    return way == Way.ALPN
        ? options.setSsl(true).setUseAlpn(true).setTrustAll(true).setVerifyHost(false)
        : options;
  }
}
