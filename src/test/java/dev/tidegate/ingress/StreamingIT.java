package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.ingress.RawHttp.Answer;
import dev.tidegate.route.RouteConfig;
import dev.tidegate.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is open for long is held to limits of its own, and not to those of a request: these are all
 * shorter here than the silences of the streams.
 */
@Timeout(60)
class StreamingIT {
  private static final long SILENCE = 1_500;
  private static final String TIMES = "timeout: 300ms, idle: 300ms, connectTimeout: 3s";

  private static Backend backend;
  private static Backend h2Backend;
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    backend = new Backend(StreamingIT::serve);
    h2Backend = new Backend(0, new HttpServerOptions(), StreamingIT::serve);
    gateway =
        new TestGateway()
            .http("limits: {body: 300ms, bodyBytes: 10}")
            .upstream(TestGateway.upstreamOf("backend", TIMES, backend.port))
            .upstream(TestGateway.upstreamOf("h2", TIMES + ", h2: true", h2Backend.port));
    for (String upstream : new String[] {"backend", "h2"}) {
      gateway.routes(
          route("plain", upstream, ""),
          route("stream", upstream, "stream: {idle: 20s}"),
          route("silent", upstream, "stream: {idle: 300ms}"),
          route("idle", upstream, "idle: 20s, timeout: 20s"),
          route("short", upstream, "stream: {idle: 20s, lifetime: 300ms}"),
          route("few", upstream, "stream: {idle: 20s, maxStreams: 1}"),
          route("own", upstream, "stream: {idle: 20s, maxPerConsumer: 1}"));
    }
    gateway.start();
  }

  private static RouteConfig route(String id, String upstream, String more) {
    return Routes.of(
        "id: %s-%s, prefix: /%s/%s, upstream: %s, auth: none, %s"
            .formatted(upstream, id, upstream, id, upstream, more));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    backend.close();
    h2Backend.close();
  }

  private static void serve(HttpServerRequest request) {
    String path = request.path();
    if (path.endsWith("/events")) {
      request.response().setChunked(true).putHeader("content-type", "text/event-stream");
      request.response().write("data: 1\n\n");
      later(() -> request.response().end("data: 2\n\n"));
    } else if (path.endsWith("/late")) {
      later(() -> request.response().end("late"));
    } else {
      request.response().setChunked(true).write("hello ");
      request.pipeTo(request.response());
    }
  }

  private static void later(Runnable step) {
    Vertx.currentContext().owner().setTimer(SILENCE, id -> step.run());
  }

  private HttpClientAgent client(HttpVersion version) {
    return gateway.vertx.createHttpClient(
        new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false));
  }

  private Future<HttpClientRequest> request(HttpVersion version, HttpMethod method, String uri) {
    return client(version)
        .request(
            new RequestOptions()
                .setHost("127.0.0.1")
                .setPort(gateway.port())
                .setMethod(method)
                .setURI(uri));
  }

  /** What came whole, or how it failed. */
  private static Future<String> whole(Future<HttpClientResponse> answer) {
    return answer
        .compose(r -> r.body().map(body -> r.statusCode() + " " + body))
        .otherwise(cause -> "cut off");
  }

  static Stream<Arguments> everyWay() {
    return Stream.of("backend", "h2")
        .flatMap(
            upstream ->
                Stream.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2)
                    .map(version -> Arguments.of(upstream, version)));
  }

  private String get(HttpVersion version, String uri) {
    return Await.get(whole(request(version, HttpMethod.GET, uri).compose(HttpClientRequest::send)));
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void eventsMayBeSilentForAsLongAsTheirRouteSays(String upstream, HttpVersion version) {
    String root = "/" + upstream;
    assertThat(get(version, root + "/plain/events")).isEqualTo("cut off");
    assertThat(get(version, root + "/silent/events")).isEqualTo("cut off");
    assertThat(get(version, root + "/short/events")).isEqualTo("cut off");
    assertThat(get(version, root + "/stream/events")).isEqualTo("200 data: 1\n\ndata: 2\n\n");
    assertThat(get(version, root + "/idle/events")).isEqualTo("200 data: 1\n\ndata: 2\n\n");
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void anAnswerMayBeginLate(String upstream, HttpVersion version) {
    assertThat(get(version, "/" + upstream + "/plain/late")).startsWith("504");
    assertThat(get(version, "/" + upstream + "/stream/late")).isEqualTo("200 late");
  }

  /** As a gRPC stream: the server speaks first, the caller after a while, and more than a body. */
  @ParameterizedTest
  @MethodSource("everyWay")
  void bothSidesMaySpeakWhenTheyLike(String upstream, HttpVersion version) {
    assertThat(talk(upstream, "plain", version))
        .isNotEqualTo("hello one two, as much as one likes");
    assertThat(talk(upstream, "stream", version)).isEqualTo("hello one two, as much as one likes");
  }

  private String talk(String upstream, String route, HttpVersion version) {
    Promise<String> said = Promise.promise();
    request(version, HttpMethod.POST, "/" + upstream + "/" + route + "/talk")
        .onFailure(said::tryFail)
        .onSuccess(
            request -> {
              Buffer heard = Buffer.buffer();
              request.exceptionHandler(e -> said.tryComplete("cut off"));
              request.setChunked(version == HttpVersion.HTTP_1_1);
              request
                  .response()
                  .onFailure(e -> said.tryComplete("cut off"))
                  .onSuccess(
                      answer -> {
                        answer.exceptionHandler(e -> said.tryComplete("cut off"));
                        answer.endHandler(v -> said.tryComplete(heard.toString()));
                        answer.handler(
                            data -> {
                              heard.appendBuffer(data);
                              if (heard.toString().equals("hello ")) {
                                wait(() -> request.write("one "));
                              } else if (heard.toString().equals("hello one ")) {
                                wait(() -> request.end("two, as much as one likes"));
                              }
                            });
                      });
              request.writeHead();
            });
    return Await.get(said.future());
  }

  private void wait(Runnable then) {
    gateway.vertx.setTimer(SILENCE, id -> then.run());
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void noMoreAreOpenThanTheirRouteSays(String upstream, HttpVersion version) throws IOException {
    for (String route : new String[] {"few", "own"}) {
      String uri = "/" + upstream + "/" + route + "/events";
      HttpClientResponse first =
          Await.get(request(version, HttpMethod.GET, uri).compose(HttpClientRequest::send));
      Future<Buffer> whole = first.body();
      Answer refused = RawHttp.once(gateway.port(), "GET " + uri + " HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.body()).contains("never-sent");
      Await.get(whole);
      assertThat(get(version, uri)).startsWith("200");
      Await.await(() -> open(upstream + "-" + route) == 0);
    }
  }

  @Test
  void whatIsCutOffIsGivenBack() {
    for (String route : new String[] {"silent", "short"}) {
      assertThat(get(HttpVersion.HTTP_1_1, "/backend/" + route + "/events")).isEqualTo("cut off");
      Await.await(() -> open("backend-" + route) == 0);
    }
  }

  private static double open(String route) {
    return gateway.meters.get("tidegate.http.streams").tag("route", route).gauge().value();
  }
}
