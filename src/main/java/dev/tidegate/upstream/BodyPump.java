package dev.tidegate.upstream;

import dev.tidegate.bus.Upstreams.Call;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Streams a request's body to the upstream with back-pressure. As long as nothing of it has been
 * taken, or all that has is kept, it can be held and pointed at another request.
 */
final class BodyPump implements Handler<Buffer> {
  /** A body that has grown beyond so many bytes is not kept any longer. */
  static final int MOST_KEPT = 64 * 1024;

  private enum Progress {
    UNTOUCHED,
    FLOWING,
    SENT
  }

  private final Call call;
  private final ReadStream<Buffer> from;
  private HttpClientRequest to;
  private Progress progress = Progress.UNTOUCHED;
  private @Nullable List<Buffer> kept;
  private int keptBytes;
  private boolean moved;
  private @Nullable Future<Void> lastWrite;

  /**
   * Nothing flows before the start.
   *
   * @param keep whether the body may be wanted a second time
   */
  BodyPump(Call call, ReadStream<Buffer> from, HttpClientRequest to, boolean keep) {
    this.call = call;
    this.from = from;
    this.to = to;
    this.kept = keep ? new ArrayList<>(4) : null;
  }

  /** Whether it can be sent once more, from its beginning. */
  boolean repeatable() {
    return progress == Progress.UNTOUCHED || kept != null;
  }

  /** Whether some of it has left since this was asked last. */
  boolean moved() {
    boolean before = moved;
    moved = false;
    return before;
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

  /** Begins anew on another request. */
  void restart(HttpClientRequest request) {
    to = request;
    lastWrite = null;
    List<Buffer> before = kept;
    if (before != null) {
      before.forEach(data -> lastWrite = request.write(data));
    }
    if (progress == Progress.SENT) {
      request.exceptionHandler(e -> {});
      end(request);
    } else {
      start();
    }
  }

  /** It is not wanted a second time any more. */
  void forget() {
    kept = null;
  }

  @Override
  public void handle(Buffer data) {
    progress = Progress.FLOWING;
    moved = true;
    keep(data);
    HttpClientRequest request = to;
    lastWrite = request.write(data);
    if (request.writeQueueFull()) {
      from.pause();
      request.drainHandler(v -> resume(request));
    }
  }

  private void keep(Buffer data) {
    List<Buffer> before = kept;
    if (before != null) {
      keptBytes += data.length();
      if (keptBytes > MOST_KEPT) {
        kept = null;
      } else {
        before.add(data);
      }
    }
  }

  private void resume(HttpClientRequest request) {
    if (request == to) {
      from.resume();
    }
  }

  private void onEnd(Void v) {
    progress = Progress.SENT;
    moved = true;
    end(to);
  }

  private void end(HttpClientRequest request) {
    MultiMap trailers = call.requestTrailers();
    if (trailers == null) {
      request.end();
      return;
    }
    // They must not overtake what waits for a window.
    Future<Void> data = lastWrite == null ? request.writeHead() : lastWrite;
    data.onSuccess(v -> end(request, trailers));
  }

  private void end(HttpClientRequest request, MultiMap trailers) {
    if (request == to) {
      ClientInternals.end(request, trailers);
    }
  }
}
