package dev.tidegate.ingress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.github.luben.zstd.ZstdInputStream;
import dev.tidegate.config.Settings;
import dev.tidegate.route.RouteConfig;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which answers are compressed, with what, and that they are the same when they are read. */
@Timeout(60)
class CompressionIT {
  private static final String TEXT = "{\"price\":\"101.25\",\"size\":\"7\"} ".repeat(4_000);

  /** That no coding makes much shorter. */
  private static final String FIRST =
      new Random(7)
          .ints(400, '0', 'z')
          .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
          .toString();

  private static Backend backend;
  private static TestGateway gateway;
  private static HttpClient client;

  /** The next piece of a stream is sent when the one before has been read. */
  private static volatile Promise<Void> more = Promise.promise();

  @BeforeAll
  static void start() {
    client = HttpClient.newHttpClient();
    backend = new Backend(CompressionIT::answer);
    gateway =
        new TestGateway()
            .routes(
                Settings.of(
                    RouteConfig.class,
                    "{id: all, prefix: /, upstream: backend, compression: {types: [application/json,"
                        + " text/]}}"),
                Settings.of(
                    RouteConfig.class,
                    "{id: fixed, path: /fixed, compression: {}, fixed: {body: '"
                        + "x".repeat(5_000)
                        + "'}}"),
                Settings.of(RouteConfig.class, "{id: plain, path: /plain, upstream: backend}"))
            .upstream("backend", backend.port)
            .start();
  }

  @AfterAll
  static void stop() {
    client.shutdownNow();
    gateway.close();
    backend.close();
  }

  /** Headers as the query says them, and the text. */
  private static void answer(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    response.putHeader("Content-Type", "application/json").putHeader("ETag", "\"v1\"");
    request
        .params()
        .forEach(
            (name, value) -> {
              if (!name.startsWith("-")) {
                response.putHeader(name, value);
              }
            });
    String status = request.getParam("-status");
    response.setStatusCode(status == null ? 200 : Integer.parseInt(status));
    if (request.path().equals("/stream")) {
      response.setChunked(true).write(FIRST);
      more.future().onSuccess(v -> response.end("second"));
    } else if (request.path().equals("/chunked")) {
      response.setChunked(true);
      for (int i = 0; i < TEXT.length(); i += 1_000) {
        response.write(TEXT.substring(i, Math.min(TEXT.length(), i + 1_000)));
      }
      response.end();
    } else if (status != null && !status.equals("206")) {
      response.end();
    } else {
      response.end(request.getParam("-small") == null ? TEXT : "{}");
    }
  }

  private static HttpResponse<InputStream> ask(
      Version version, String method, String path, String accept) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
            .version(version)
            .method(method, BodyPublishers.noBody());
    if (accept != null) {
      request.header("Accept-Encoding", accept);
    }
    return client.send(request.build(), BodyHandlers.ofInputStream());
  }

  private static String coding(HttpResponse<?> answer) {
    return answer.headers().firstValue("content-encoding").orElse("");
  }

  private static InputStream decoded(HttpResponse<InputStream> answer) throws IOException {
    return decoded(coding(answer), answer.body());
  }

  private static InputStream decoded(String coding, InputStream body) throws IOException {
    return switch (coding) {
      case "gzip" -> new GZIPInputStream(body);
      case "br" -> new BrotliInputStream(body);
      case "zstd" -> new ZstdInputStream(body);
      default -> body;
    };
  }

  @ParameterizedTest
  @CsvSource({
    "gzip, gzip",
    "br, br",
    "zstd, zstd",
    "'gzip, br', br",
    "'gzip, br, zstd', zstd",
    "'gzip;q=1, br;q=0.5', gzip",
    "'gzip;q=0', ''",
    "'gzip;q=0, *', zstd",
    "'*;q=0', ''",
    "'*;q=0, br;q=0.1', br",
    "'zstd;q=0, br;q=0, *', gzip",
    "x-gzip, gzip",
    "identity, ''",
    "deflate, ''",
    "GZIP, gzip",
    ", ''"
  })
  void takesWhatTheCallerWantsMost(String accept, String coding) throws Exception {
    for (Version version : Version.values()) {
      if (version.name().equals("HTTP_3")) {
        continue;
      }
      for (String path : new String[] {"/whole", "/chunked"}) {
        HttpResponse<InputStream> answer = ask(version, "GET", path, accept);
        assertThat(coding(answer)).isEqualTo(coding);
        byte[] read = decoded(answer).readAllBytes();
        assertThat(new String(read, UTF_8)).isEqualTo(TEXT);
        assertThat(answer.headers().firstValue("vary")).hasValue("accept-encoding");
        assertThat(answer.headers().firstValue("etag"))
            .hasValue(coding.isEmpty() ? "\"v1\"" : "W/\"v1\"");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /x?content-type=image/png, false",
    "GET, /x?content-type=application/grpc, false",
    "GET, /x?content-type=application/grpc%2Bproto, false",
    "GET, /x?content-type=text/csv%3B%20charset=utf-8, true",
    "GET, /x?content-encoding=gzip, false",
    "GET, /x?content-encoding=br, false",
    "GET, '/x?cache-control=public,%20no-transform', false",
    "GET, /x?content-md5=abc, false",
    "GET, /x?-small=1, false",
    "GET, /x?-status=204, false",
    "GET, /x?-status=304, false",
    "GET, /x?-status=206, false",
    "HEAD, /x, false",
    "GET, /plain, false",
    "GET, /fixed, true",
    "GET, /x, true"
  })
  void leavesAloneWhatMustNotChange(String method, String path, boolean compressed)
      throws Exception {
    for (Version version : new Version[] {Version.HTTP_1_1, Version.HTTP_2}) {
      HttpResponse<InputStream> answer = ask(version, method, path, "gzip");
      if (path.contains("content-encoding=")) {
        assertThat(answer.headers().firstValue("vary")).isEmpty();
      } else {
        assertThat(coding(answer)).as("%s %s", version, path).isEqualTo(compressed ? "gzip" : "");
      }
      answer.body().readAllBytes();
    }
  }

  /** What an upstream has sent so far can be read, although the answer has not ended. */
  @ParameterizedTest
  @CsvSource({"gzip", "br", "zstd"})
  void holdsNothingBack(String coding) throws Exception {
    more = Promise.promise();
    HttpResponse<InputStream> answer = ask(Version.HTTP_1_1, "GET", "/stream", coding);
    assertThat(coding(answer)).isEqualTo(coding);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (all.size() < FIRST.length() / 2) {
      int next = answer.body().read();
      assertThat(next).isNotNegative();
      all.write(next);
    }
    more.complete();
    all.write(answer.body().readAllBytes());
    InputStream sent = new ByteArrayInputStream(all.toByteArray());
    assertThat(new String(decoded(coding, sent).readAllBytes(), UTF_8)).isEqualTo(FIRST + "second");
  }
}
