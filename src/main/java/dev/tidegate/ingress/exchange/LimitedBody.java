package dev.tidegate.ingress.exchange;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/** A body whose length was not announced: counted as it comes, and at its end looked at. */
final class LimitedBody implements ReadStream<Buffer>, Handler<Buffer> {
  /** Who is told of what is wrong with it. */
  interface Owner {
    /** It has grown beyond its limit. */
    void tooLarge();

    /** Whether its end is none, since its chunks cannot be read; that is answered. */
    boolean malformedBody();
  }

  private final Owner owner;
  private final HttpServerRequest from;
  private final long limit;
  private long read;
  private @Nullable Handler<Buffer> to;

  LimitedBody(Owner owner, HttpServerRequest from, long limit) {
    this.owner = owner;
    this.from = from;
    this.limit = limit;
  }

  @Override
  public void handle(Buffer data) {
    boolean fitted = read <= limit;
    read += data.length();
    if (read <= limit) {
      if (to != null) {
        to.handle(data);
      }
    } else if (fitted) {
      owner.tooLarge();
    }
  }

  @Override
  public ReadStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> handler) {
    from.exceptionHandler(handler);
    return this;
  }

  @Override
  public ReadStream<Buffer> handler(@Nullable Handler<Buffer> handler) {
    to = handler;
    from.handler(handler == null ? null : this);
    return this;
  }

  @Override
  public ReadStream<Buffer> endHandler(@Nullable Handler<Void> handler) {
    from.endHandler(
        handler == null
            ? null
            : v -> {
              if (read <= limit && !owner.malformedBody()) {
                handler.handle(null);
              }
            });
    return this;
  }

  @Override
  public ReadStream<Buffer> pause() {
    from.pause();
    return this;
  }

  @Override
  public ReadStream<Buffer> resume() {
    from.resume();
    return this;
  }

  @Override
  public ReadStream<Buffer> fetch(long amount) {
    from.fetch(amount);
    return this;
  }
}
