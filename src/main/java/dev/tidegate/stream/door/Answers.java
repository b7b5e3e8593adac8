package dev.tidegate.stream.door;

import dev.tidegate.net.RequestIds;
import dev.tidegate.problem.Problem;
import dev.tidegate.problem.ProblemDocument;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;

/** Says in HTTP why there is no WebSocket. */
public final class Answers {
  private final RequestIds ids;
  private final Buffer schema;

  public Answers(RequestIds ids) {
    this.ids = ids;
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
    String id = ids.of(request.getHeader(RequestIds.HEADER));
    end(response, id, ProblemDocument.render(problem, detail, id, null));
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
    String id = ids.of(request.getHeader(RequestIds.HEADER));
    String detail = "this is a WebSocket, version 13";
    end(response, id, ProblemDocument.render(426, "Upgrade required", detail, id));
  }

  private static void end(HttpServerResponse response, String id, Buffer document) {
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, ProblemDocument.CONTENT_TYPE)
        .putHeader(RequestIds.HEADER, id)
        .end(document);
  }
}
