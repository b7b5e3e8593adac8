package dev.tidegate.stream;

import static dev.tidegate.testing.SpelledNames.nothing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.policy.Authenticator;
import dev.tidegate.rules.Rules;
import dev.tidegate.stream.door.Parameter;
import dev.tidegate.stream.door.Upgrade;
import dev.tidegate.testing.RawAnswer;
import dev.tidegate.testing.SpelledNames;
import dev.tidegate.testing.SpelledNames.Row;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Paths, names and methods of the stream's listener. */
@Timeout(60)
class DoorNamesIT {
  private static final String HEADERS =
      String.join(
          "\r\n",
          "Host: h",
          "Connection: Upgrade",
          "Upgrade: websocket",
          "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
          "");

  /** Refuses everybody, and says whom. */
  private static final class Bouncer implements Authenticator {
    @Override
    public Verdict apiKey(String key) {
      return new Verdict(null, "key: " + key);
    }

    @Override
    public Verdict bearer(String token) {
      return new Verdict(null, "token: " + token);
    }
  }

  private final TestStream stream = new TestStream(new Bouncer(), new Rules(), "AAA").start("");

  @AfterEach
  void stop() {
    stream.close();
  }

  @Test
  void everyNameIsReadRightOrRefused() {
    Set<String> places = new HashSet<>(Set.of("GET / path"));
    for (Parameter parameter : Parameter.values()) {
      places.add("GET " + Upgrade.STREAM + " " + parameter.text());
    }
    Map<String, Row> rows =
        Map.of(
            "GET / path",
            Row.path("GET", sent -> "/" + sent, nothing(404, "the stream is at /v1/stream")),
            "GET /v1/stream token",
            Row.query("GET", sent -> "/v1/stream?token=" + sent, nothing(401, "token: %s")),
            "GET /v1/stream snapshots",
            Row.query(
                "GET",
                sent -> "/v1/stream?snapshots=" + sent,
                nothing(400, "snapshots: expected")));
    SpelledNames.check(stream.port(), HEADERS + "\r\n", places, rows);
  }

  @Test
  void everyPathTakesItsMethodsAndNoOther() {
    Upgrade.PATHS.forEach(
        (path, takes) ->
            Stream.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "LINK")
                .forEach(
                    method -> {
                      RawAnswer answer = ask(method, path);
                      if (takes.contains(method)) {
                        assertThat(answer.status()).as(method + " " + path).isIn(101, 200);
                      } else {
                        assertThat(answer.status()).as(method + " " + path).isEqualTo(405);
                        assertThat(List.of(answer.headers().get("allow").split(", ")))
                            .as(method + " " + path)
                            .isEqualTo(takes);
                      }
                    }));
    assertThat(ask("OPTIONS", "*").status()).isEqualTo(404);
    assertThat(ask("CONNECT", "h:1").status()).isIn(400, 404);
    for (String near : List.of("/v1/stream/", "/v1/stream/x", "/x/v1/stream", "/v1/streams")) {
      assertThat(ask("GET", near).status()).as(near).isEqualTo(404);
      assertThat(ask("DELETE", near).status()).as(near).isEqualTo(404);
    }
  }

  private RawAnswer ask(String method, String path) {
    return RawAnswer.of(stream.port(), method + " " + path + " HTTP/1.1\r\n" + HEADERS + "\r\n");
  }
}
