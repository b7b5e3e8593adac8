package dev.tidegate.testing;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;

/**
 * Sends a request and collects its answer's body, from any thread: who asks for the body only after
 * sending may find that it has gone by.
 */
public final class Bodies {
  private Bodies() {}

  public static Future<Buffer> of(HttpClientRequest request) {
    Future<Buffer> body = request.response().compose(HttpClientResponse::body);
    return request.end().compose(v -> body);
  }

  public static Future<Buffer> of(HttpClientRequest request, Buffer content) {
    Future<Buffer> body = request.response().compose(HttpClientResponse::body);
    return request.end(content).compose(v -> body);
  }
}
