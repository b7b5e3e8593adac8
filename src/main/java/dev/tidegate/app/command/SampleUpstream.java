package dev.tidegate.app.command;

import dev.tidegate.json.JsonWriter;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What {@code dev} proxies to: it tells a caller what arrived ({@code GET /echo}), gives bodies
 * back ({@code POST /echo}), answers late ({@code /delay/320} after so many milliseconds) or with
 * any status ({@code /status/503}).
 */
final class SampleUpstream extends VerticleBase {
  private static final int LONGEST_DELAY_MS = 60_000;

  private final int port;

  SampleUpstream(int port) {
    this.port = port;
  }

  /** The upstreams of a configuration that proxies to it, in the form of the file. */
  static List<Map<String, Object>> config(int port) {
    return List.of(
        Map.of("name", "sample", "endpoints", List.of(Map.of("host", "127.0.0.1", "port", port))));
  }

  @Override
  public Future<HttpServer> start() {
    return vertx.createHttpServer().requestHandler(this::handle).listen(port, "127.0.0.1");
  }

  private void handle(HttpServerRequest request) {
    String[] path = Objects.requireNonNullElse(request.path(), "/").split("/", -1);
    String first = path.length > 1 ? path[1] : "";
    switch (first) {
      case "delay" -> {
        int delay = number(path, 1, LONGEST_DELAY_MS);
        vertx.setTimer(delay, fired -> described(request, 200));
      }
      case "status" -> described(request, number(path, 200, 599));
      default -> {
        if (HttpMethod.GET.equals(request.method()) || HttpMethod.HEAD.equals(request.method())) {
          described(request, 200);
        } else {
          sentBack(request);
        }
      }
    }
  }

  private static int number(String[] path, int least, int most) {
    try {
      int number = Integer.parseInt(path[2]);
      return Math.max(least, Math.min(most, number));
    } catch (ArrayIndexOutOfBoundsException | NumberFormatException e) {
      return least;
    }
  }

  private static void described(HttpServerRequest request, int status) {
    JsonWriter json = new JsonWriter().object();
    json.field("method", request.method().name()).field("path", request.uri()).object("headers");
    Map<String, String> headers = new LinkedHashMap<>();
    for (Map.Entry<String, String> header : request.headers()) {
      headers.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue());
    }
    headers.forEach(json::field);
    request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .end(json.end().end().toBuffer());
  }

  private static void sentBack(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    String type = request.getHeader("Content-Type");
    response.putHeader("Content-Type", type == null ? "application/octet-stream" : type);
    String length = request.getHeader("Content-Length");
    if (length == null) {
      response.setChunked(true);
    } else {
      response.putHeader("Content-Length", length);
    }
    request.pipeTo(response).onFailure(e -> response.reset());
  }
}
