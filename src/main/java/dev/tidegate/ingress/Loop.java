package dev.tidegate.ingress;

import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/** What the exchanges of one event loop share. */
final class Loop {
  private final RequestHead head = new RequestHead();
  private final HeadCopy copy = new HeadCopy();
  private final Forwarded forwarded = new Forwarded();
  private final OpenStreams streams = new OpenStreams();
  private final long maxBody;
  private @Nullable Pipeline pipeline;

  Loop(long maxBody) {
    this.maxBody = maxBody;
  }

  void pipeline(Pipeline of) {
    pipeline = of;
  }

  Pipeline pipeline() {
    Pipeline is = pipeline;
    if (is == null) {
      throw new IllegalStateException("the loop has not been put together");
    }
    return is;
  }

  OpenStreams streams() {
    return streams;
  }

  RequestHead head() {
    return head;
  }

  HeadCopy copy() {
    return copy;
  }

  Forwarded forwarded() {
    return forwarded;
  }

  long maxBody() {
    return maxBody;
  }

  /** Whether a body follows an HTTP/2 head, which the headers do not tell but the stream does. */
  boolean bodyFollows(HttpServerRequest request) {
    Http2ConnectionHandler handler =
        Connections.guard(request.connection())
            .channel
            .pipeline()
            .get(Http2ConnectionHandler.class);
    Http2Stream stream =
        handler == null ? null : handler.connection().stream((int) request.streamId());
    return stream != null && stream.state().remoteSideOpen();
  }

  void accept(HttpServerRequest request) {
    pipeline().proceed(new HttpExchange(request, this));
  }
}
