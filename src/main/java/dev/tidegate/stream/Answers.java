package dev.tidegate.stream;

import dev.tidegate.problem.Problem;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Says in HTTP why there is no WebSocket. */
final class Answers {
  private static final int MOST_ID = 64;

  private final Buffer schema;

  Answers() {
    try (InputStream in = Answers.class.getResourceAsStream("/tidegate/v1/stream.proto")) {
      schema = Buffer.buffer(Objects.requireNonNull(in).readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the sub-protocol in Protobuf speaks. */
  void schema(HttpServerRequest request) {
    request.response().putHeader("Content-Type", "text/plain; charset=utf-8").end(schema);
  }

  void problem(HttpServerRequest request, Problem problem, String detail) {
    problem(request, problem, detail, Map.of());
  }

  void problem(
      HttpServerRequest request, Problem problem, String detail, Map<String, String> headers) {
    HttpServerResponse response = request.response().setStatusCode(problem.status());
    headers.forEach(response::putHeader);
    end(request, response, problem.type(), problem.title(), detail);
  }

  /** There is no Problem for 426: it is no failure but a request to speak another protocol. */
  void upgradeRequired(HttpServerRequest request) {
    HttpServerResponse response =
        request
            .response()
            .setStatusCode(426)
            .putHeader("Upgrade", "websocket")
            .putHeader("Connection", "Upgrade")
            .putHeader("Sec-WebSocket-Version", "13");
    end(request, response, "about:blank", "Upgrade required", "this is a WebSocket, version 13");
  }

  private static void end(
      HttpServerRequest request,
      HttpServerResponse response,
      String type,
      String title,
      String detail) {
    String id = requestId(request.getHeader("X-Request-Id"));
    Text body = new Text(256).ascii("{\"type\":").quoted(type).ascii(",\"title\":").quoted(title);
    body.ascii(",\"status\":").number(response.getStatusCode());
    body.ascii(",\"detail\":").quoted(detail).ascii(",\"requestId\":").quoted(id).put('}');
    response
        .putHeader("Content-Type", "application/problem+json")
        .putHeader("X-Request-Id", id)
        .end(body.toString());
  }

  private static String requestId(@Nullable String given) {
    boolean sane = given != null && !given.isEmpty() && given.length() <= MOST_ID;
    for (int i = 0; sane && given != null && i < given.length(); i++) {
      char c = given.charAt(i);
      sane = (Character.isLetterOrDigit(c) && c < 128) || "-_.".indexOf(c) >= 0;
    }
    return sane && given != null ? given : UUID.randomUUID().toString();
  }
}
