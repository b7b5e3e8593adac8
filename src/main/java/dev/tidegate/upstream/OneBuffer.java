package dev.tidegate.upstream;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/** A body that is already here. */
final class OneBuffer implements ReadStream<Buffer> {
  private @Nullable Buffer data;
  private @Nullable Handler<Buffer> handler;
  private @Nullable Handler<Void> endHandler;
  private boolean paused = true;
  private boolean ended;

  OneBuffer(Buffer data) {
    this.data = data;
  }

  @Override
  public ReadStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> unused) {
    return this;
  }

  @Override
  public ReadStream<Buffer> handler(@Nullable Handler<Buffer> to) {
    handler = to;
    return this;
  }

  @Override
  public ReadStream<Buffer> endHandler(@Nullable Handler<Void> to) {
    endHandler = to;
    return this;
  }

  @Override
  public ReadStream<Buffer> pause() {
    paused = true;
    return this;
  }

  @Override
  public ReadStream<Buffer> resume() {
    paused = false;
    Buffer first = data;
    data = null;
    if (first != null && handler != null) {
      handler.handle(first);
    }
    if (!paused && !ended) {
      ended = true;
      if (endHandler != null) {
        endHandler.handle(null);
      }
    }
    return this;
  }

  @Override
  public ReadStream<Buffer> fetch(long amount) {
    return resume();
  }
}
