package dev.tidegate.admin;

import dev.tidegate.json.JsonWriter;
import dev.tidegate.net.RequestIds;
import dev.tidegate.problem.Problem;
import dev.tidegate.problem.ProblemDocument;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what the admin listener answers: JSON, or a problem document. */
public final class Responses {
  /** Below it stands everything but probes, metrics and the console. */
  static final String ROOT = "/admin/v1/";

  private static final String NOTHING = "expected one of the paths that " + ROOT + " lists";

  private static final Logger LOG = LoggerFactory.getLogger(Responses.class);

  private Responses() {}

  /** The body as text; empty when there is none. */
  static String body(RoutingContext request) {
    Buffer body = request.body().buffer();
    return body == null ? "" : body.toString(StandardCharsets.UTF_8);
  }

  static void json(RoutingContext request, int status, JsonWriter body) {
    send(request, status, "application/json", body.toBuffer());
  }

  static void problem(RoutingContext request, Problem problem, @Nullable String detail) {
    String id = request.response().headers().get(RequestIds.HEADER);
    send(
        request,
        problem.status(),
        ProblemDocument.CONTENT_TYPE,
        ProblemDocument.render(problem, detail, id, null));
  }

  /** What vertx-web refused or what a handler threw. */
  static void failure(RoutingContext request) {
    if (request.response().ended() || request.response().headWritten()) {
      return;
    }
    int status = request.statusCode();
    Problem problem =
        switch (status) {
          case 400 -> Problem.BAD_REQUEST;
          case 404 -> Problem.NOT_FOUND;
          case 405 -> Problem.METHOD_NOT_ALLOWED;
          case 406 -> Problem.NOT_ACCEPTABLE;
          case 413 -> Problem.BODY_TOO_LARGE;
          case 414 -> Problem.URI_TOO_LONG;
          case 415 -> Problem.UNSUPPORTED_MEDIA_TYPE;
          case 431 -> Problem.HEADERS_TOO_LARGE;
          default -> Problem.INTERNAL;
        };
    if (problem == Problem.INTERNAL) {
      LOG.atError()
          .setCause(request.failure())
          .addKeyValue("path", request.normalizedPath())
          .log("admin request failed");
    }
    problem(request, problem, problem == Problem.NOT_FOUND ? NOTHING : null);
  }

  private static void send(RoutingContext request, int status, CharSequence type, Buffer body) {
    HttpServerResponse response = request.response();
    if (!response.ended() && !response.closed()) {
      response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, type).end(body);
    }
  }
}
