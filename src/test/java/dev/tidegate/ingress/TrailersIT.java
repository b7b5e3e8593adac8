package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.testing.Await;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What follows a body passes in both directions, over both protocols (RFC 9110 6.5). */
@Timeout(60)
class TrailersIT {
  /** What passes, and what must not: it would be believed where nobody has looked at it. */
  private static final Map<String, String> SENT =
      new TreeMap<>(
          Map.of(
              "x-sum", "42",
              "grpc-status", "0",
              "content-length", "3",
              "authorization", "Bearer x",
              "x-consumer", "root",
              "x-forwarded-for", "10.0.0.1",
              "x_consumer", "root",
              "x-named", "1",
              "host", "b"));

  @ParameterizedTest
  @CsvSource({
    "false, false, true", "false, true, true", "true, false, true", "true, true, true",
    "false, false, false", "false, true, false", "true, false, false", "true, true, false"
  })
  void passBothWays(boolean callerH2, boolean upstreamH2, boolean body) throws Exception {
    try (TrailersBackend backend = new TrailersBackend(upstreamH2);
        TestGateway gateway =
            new TestGateway()
                .routes(Routes.below("/"))
                .upstream(TestGateway.upstreamOf("backend", "h2: " + upstreamH2, backend.port))
                .start()) {
      Map<String, String> answered =
          callerH2 ? overHttp2(gateway.port(), body) : overHttp1(gateway.port(), body);
      Map<String, String> arrived = Await.get(backend.trailers.future());
      assertThat(arrived).isEqualTo(Map.of("x-sum", "42", "grpc-status", "0"));
      assertThat(answered).isEqualTo(Map.of("x-after", "7"));
      assertThat(Await.get(backend.body.future())).isEqualTo(body ? "abcde" : "");
    }
  }

  private static Map<String, String> overHttp1(int port, boolean body) throws IOException {
    StringBuilder trailers = new StringBuilder();
    SENT.forEach(
        (name, value) -> {
          // The codec takes this one for an attempt to hide a length.
          if (!name.equals("content-length")) {
            trailers.append(name).append(": ").append(value).append("\r\n");
          }
        });
    RawHttp.Answer answer =
        RawHttp.once(
            port,
            "POST / HTTP/1.1\r\n"
                + "Host: a\r\n"
                + "TE: trailers\r\n"
                + "Connection: X-Named\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n"
                + (body ? "5\r\nabcde\r\n" : "")
                + "0\r\n"
                + trailers
                + "\r\n");
    assertThat(answer.status()).isEqualTo(200);
    Map<String, String> after = new TreeMap<>();
    answer
        .headers()
        .forEach(
            (name, line) -> {
              if (name.startsWith("trailer:")) {
                after.put(name.substring(8), line.substring(line.indexOf(':') + 1).strip());
              }
            });
    return after;
  }

  private static Map<String, String> overHttp2(int port, boolean body) throws IOException {
    try (RawHttp2 http = new RawHttp2(port)) {
      String[] head = RawHttp2.get("/", "te", "trailers");
      head[1] = "POST";
      http.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.block(head));
      if (body) {
        http.send(RawHttp2.DATA, 0, 1, "abcde".getBytes(StandardCharsets.US_ASCII));
      }
      String[] trailers =
          SENT.entrySet().stream()
              // HTTP/2 has no header that names others.
              .filter(field -> !field.getKey().equals("x-named"))
              .flatMap(field -> Stream.of(field.getKey(), field.getValue()))
              .toArray(String[]::new);
      http.request(1, trailers);
      Map<String, String> after = new TreeMap<>();
      boolean head200 = false;
      while (true) {
        RawHttp2.Frame frame = http.next();
        assertThat(frame.type()).isNotIn(RawHttp2.RST_STREAM, RawHttp2.GOAWAY);
        if (frame.type() == RawHttp2.HEADERS) {
          Http2Headers headers = http.headers(frame);
          if (!head200) {
            assertThat(headers.status()).hasToString("200");
            head200 = true;
          } else {
            headers.forEach(
                field -> after.put(field.getKey().toString(), field.getValue().toString()));
          }
        }
        if (frame.stream() == 1 && (frame.flags() & RawHttp2.END_STREAM) != 0) {
          return after;
        }
      }
    }
  }
}
