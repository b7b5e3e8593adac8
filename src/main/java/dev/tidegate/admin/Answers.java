package dev.tidegate.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidegate.problem.Problem;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what the admin listener answers: JSON, or a problem document. */
final class Answers {
  static final ObjectMapper JSON = new ObjectMapper();

  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
  private static final String REQUEST_ID = "X-Request-Id";
  private static final Pattern SANE_ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  private Answers() {}

  /** First in line: gives the request its id and the headers that every answer has. */
  static void prepare(RoutingContext request) {
    String given = request.request().getHeader(REQUEST_ID);
    String id =
        given != null && SANE_ID.matcher(given).matches() ? given : UUID.randomUUID().toString();
    request
        .response()
        .putHeader(REQUEST_ID, id)
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Content-Type-Options", "nosniff");
    request.next();
  }

  /** Second in line: everything is read, little is changed. */
  static void onlyKnownMethods(RoutingContext request) {
    String allowed = methods(request.normalizedPath());
    if (Arrays.asList(allowed.split(", ")).contains(request.request().method().name())) {
      request.next();
    } else {
      request.response().putHeader(HttpHeaders.ALLOW, allowed);
      problem(request, Problem.METHOD_NOT_ALLOWED, null);
    }
  }

  private static String methods(String path) {
    String rules = RulesApi.methods(path);
    if (rules != null) {
      return rules;
    }
    if (path.startsWith("/admin/v1/announcements/")) {
      return "DELETE";
    }
    boolean adds = path.startsWith("/admin/v1/roles/") || path.equals("/admin/v1/announcements");
    return adds ? "GET, POST" : "GET";
  }

  static void json(RoutingContext request, int status, JsonNode body) {
    send(request, status, "application/json", body);
  }

  static void problem(RoutingContext request, Problem problem, @Nullable String detail) {
    ObjectNode body =
        JSON.createObjectNode()
            .put("type", problem.type())
            .put("title", problem.title())
            .put("status", problem.status());
    if (detail != null) {
      body.put("detail", detail);
    }
    body.put("requestId", request.response().headers().get(REQUEST_ID));
    send(request, problem.status(), "application/problem+json", body);
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
    problem(request, problem, null);
  }

  private static void send(RoutingContext request, int status, String type, JsonNode body) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    try {
      response
          .setStatusCode(status)
          .putHeader(HttpHeaders.CONTENT_TYPE, type)
          .end(Buffer.buffer(JSON.writeValueAsBytes(body)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON nodes can always be written", e);
    }
  }
}
