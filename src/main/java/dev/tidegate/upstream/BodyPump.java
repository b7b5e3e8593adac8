package dev.tidegate.upstream;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.streams.ReadStream;

/**
 * Streams a request's body to the upstream with back-pressure. As long as it is {@link #untouched}
 * it can be held and pointed at another request.
 */
final class BodyPump implements Handler<Buffer> {
  private enum Progress {
    UNTOUCHED,
    FLOWING,
    SENT
  }

  private final ReadStream<Buffer> from;
  private HttpClientRequest to;
  private Progress progress = Progress.UNTOUCHED;

  BodyPump(ReadStream<Buffer> from, HttpClientRequest to) {
    this.from = from;
    this.to = to;
  }

  /** Whether nothing of the body has been taken. */
  boolean untouched() {
    return progress == Progress.UNTOUCHED;
  }

  boolean sent() {
    return progress == Progress.SENT;
  }

  void start() {
    // The response's future reports what goes wrong; without a handler it would be logged as well.
    to.exceptionHandler(e -> {});
    from.handler(this);
    from.endHandler(this::onEnd);
    from.resume();
  }

  /** Takes nothing until there is another request. */
  void hold() {
    from.pause();
  }

  void restart(HttpClientRequest request) {
    to = request;
    start();
  }

  @Override
  public void handle(Buffer data) {
    progress = Progress.FLOWING;
    to.write(data);
    if (to.writeQueueFull()) {
      from.pause();
      to.drainHandler(v -> from.resume());
    }
  }

  private void onEnd(Void v) {
    progress = Progress.SENT;
    to.end();
  }
}
