package dev.tidegate.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.Function;

/** Probes, metrics, the index and the console. */
final class Pages {
  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final Readiness readiness;
  private final String node;
  private final Function<String, Future<Buffer>> scrape;
  private final Buffer console = resource("console.html");

  /** {@code scrape} gives the metrics in a content type, off the event loop. */
  Pages(Readiness readiness, String node, Function<String, Future<Buffer>> scrape) {
    this.readiness = readiness;
    this.node = node;
    this.scrape = scrape;
  }

  void live(RoutingContext request) {
    Answers.json(request, 200, status("live"));
  }

  void ready(RoutingContext request) {
    Answers.json(request, readiness.isReady() ? 200 : 503, status(readiness.text()));
  }

  void metrics(RoutingContext request) {
    String accept = request.request().getHeader(HttpHeaders.ACCEPT);
    boolean open = accept != null && accept.contains("application/openmetrics-text");
    String type = open ? OPEN_METRICS : TEXT;
    scrape
        .apply(type)
        .onSuccess(text -> request.response().putHeader(HttpHeaders.CONTENT_TYPE, type).end(text))
        .onFailure(request::fail);
  }

  void index(RoutingContext request) {
    ObjectNode body = status(readiness.text());
    ArrayNode links = body.putArray("links");
    links.add("/admin/v1/roles").add("/admin/v1/announcements");
    RulesApi.KINDS.forEach(kind -> links.add("/admin/v1/" + kind));
    Views.KINDS.forEach(kind -> links.add("/admin/v1/" + kind));
    links.add("/health/live").add("/health/ready").add("/metrics");
    Answers.json(request, 200, body);
  }

  void console(RoutingContext request) {
    request
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/html; charset=utf-8")
        .putHeader(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline';"
                + " connect-src 'self'; frame-ancestors 'none'")
        .end(console);
  }

  private ObjectNode status(String status) {
    return Answers.JSON.createObjectNode().put("node", node).put("status", status);
  }

  private static Buffer resource(String name) {
    try (InputStream in = Pages.class.getResourceAsStream("/admin/" + name)) {
      if (in == null) {
        throw new IllegalStateException("missing from the jar: /admin/" + name);
      }
      return Buffer.buffer(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
