package dev.tidegate.upstream;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.streams.ReadStream;

/** Streams a request's body to the upstream with back-pressure. */
final class BodyPump implements Handler<Buffer> {
  private final ReadStream<Buffer> from;
  private final HttpClientRequest to;
  private final Forwarding owner;

  BodyPump(ReadStream<Buffer> from, HttpClientRequest to, Forwarding owner) {
    this.from = from;
    this.to = to;
    this.owner = owner;
  }

  void start() {
    // The response's future reports what goes wrong; without a handler it would be logged as well.
    to.exceptionHandler(e -> {});
    from.handler(this);
    from.endHandler(this::onEnd);
    from.resume();
  }

  @Override
  public void handle(Buffer data) {
    owner.bodyBegun();
    to.write(data);
    if (to.writeQueueFull()) {
      from.pause();
      to.drainHandler(v -> from.resume());
    }
  }

  private void onEnd(Void v) {
    owner.bodySent();
    to.end();
  }
}
