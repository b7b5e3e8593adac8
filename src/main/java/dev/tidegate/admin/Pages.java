package dev.tidegate.admin;

import dev.tidegate.json.JsonWriter;
import dev.tidegate.net.HeaderLists;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Probes, metrics, the index and the console. */
final class Pages {
  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final Readiness readiness;
  private final Supplier<List<String>> ailments;
  private final String node;
  private final Function<String, Future<Buffer>> scrape;
  private final Buffer console = resource("console.html");

  /**
   * @param ailments what keeps the node's event loops from their work, nothing while all is well
   * @param scrape gives the metrics in a content type, off the event loop
   */
  Pages(
      Readiness readiness,
      Supplier<List<String>> ailments,
      String node,
      Function<String, Future<Buffer>> scrape) {
    this.readiness = readiness;
    this.ailments = ailments;
    this.node = node;
    this.scrape = scrape;
  }

  /** A node whose event loops fail or stand still is to be started again. */
  void live(RoutingContext request) {
    List<String> wrong = ailments.get();
    if (wrong.isEmpty()) {
      Responses.json(request, 200, status("live").end());
      return;
    }
    JsonWriter body = status("ailing").array("why");
    wrong.forEach(body::value);
    Responses.json(request, 503, body.end().end());
  }

  void ready(RoutingContext request) {
    Responses.json(request, readiness.isReady() ? 200 : 503, status(readiness.text()).end());
  }

  void metrics(RoutingContext request) {
    MultiMap headers = request.request().headers();
    int asked = HeaderLists.quality(headers, "application/openmetrics-text");
    boolean open = asked > 0 && asked >= HeaderLists.quality(headers, "text/plain");
    String type = open ? OPEN_METRICS : TEXT;
    scrape
        .apply(type)
        .onSuccess(text -> request.response().putHeader(HttpHeaders.CONTENT_TYPE, type).end(text))
        .onFailure(request::fail);
  }

  void index(RoutingContext request) {
    JsonWriter body = status(readiness.text()).array("links");
    body.value(Responses.ROOT + "roles").value(Responses.ROOT + "announcements");
    RulesApi.KINDS.forEach(kind -> body.value(Responses.ROOT + kind));
    Views.KINDS.forEach(kind -> body.value(Responses.ROOT + kind));
    body.value("/health/live").value("/health/ready").value("/metrics");
    Responses.json(request, 200, body.end().end());
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

  /** An object that is still open. */
  private JsonWriter status(String status) {
    return new JsonWriter().object().field("node", node).field("status", status);
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
