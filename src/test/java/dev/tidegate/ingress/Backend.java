package dev.tidegate.ingress;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.atomic.AtomicInteger;

/** A service behind the gateway, on an event loop of its own. */
final class Backend implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  final AtomicInteger connections = new AtomicInteger();
  final AtomicInteger requests = new AtomicInteger();
  final int port;

  Backend(Handler<HttpServerRequest> handler) {
    this(0, new HttpServerOptions(), handler);
  }

  Backend(int port, HttpServerOptions options, Handler<HttpServerRequest> handler) {
    this.port =
        vertx
            .createHttpServer(options)
            .connectionHandler(c -> connections.incrementAndGet())
            .requestHandler(
                request -> {
                  requests.incrementAndGet();
                  handler.handle(request);
                })
            .listen(port, "127.0.0.1")
            .await()
            .actualPort();
  }

  /** Answers with the request line and every header, one a line. */
  static void echoHead(HttpServerRequest request) {
    StringBuilder out = new StringBuilder();
    out.append(request.method()).append(' ').append(request.uri()).append('\n');
    request
        .headers()
        .forEach((name, value) -> out.append(name).append(": ").append(value).append('\n'));
    request.response().end(out.toString());
  }

  /** Answers with the body as it comes. */
  static void echoBody(HttpServerRequest request) {
    request.response().setChunked(true);
    request.pipeTo(request.response());
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
