package dev.tidegate.upstream;

import dev.tidegate.bus.Upstreams.Call;
import dev.tidegate.net.Deadlines;
import dev.tidegate.upstream.balance.Link;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/** The request's side of an exchange: its head and its body, which may be sent more than once. */
final class RequestSide {
  private final Call call;
  private final Upstream upstream;
  private final Attempts attempts;
  private @Nullable BodyPump body;

  RequestSide(Call call, Upstream upstream, Attempts attempts) {
    this.call = call;
    this.upstream = upstream;
    this.attempts = attempts;
  }

  /** What has come of the body, or null. */
  @Nullable BodyPump body() {
    return body;
  }

  /**
   * Sends it, for the first time or anew.
   *
   * @param within milliseconds in which the answer has to begin; {@link Long#MAX_VALUE} for any
   */
  void send(HttpClientRequest request, @Nullable Link link, long within) {
    call.requestHead(request.headers());
    upstream.address(request, call);
    tellDeadline(request.headers(), within);
    if (call.switching()) {
      request.exceptionHandler(e -> {}); // told by the answer's future
      request.connect();
      return;
    }
    BodyPump before = body;
    if (before != null) {
      frame(request);
      before.restart(request);
      return;
    }
    ReadStream<Buffer> stream = call.requestBody();
    if (stream == null) {
      request.end();
      return;
    }
    frame(request);
    boolean idempotent = attempts.idempotent();
    boolean keep = attempts.keepBody() || (link != null && link.mayAskAgain(idempotent));
    BodyPump pump = new BodyPump(call, stream, request, keep);
    body = pump;
    if (call.times().stream()) {
      request.writeHead(); // who answers first needs no body to begin
    }
    pump.start();
    call.bodyWanted();
  }

  private static void frame(HttpClientRequest request) {
    if (!request.headers().contains(HttpHeaders.CONTENT_LENGTH)) {
      request.setChunked(true);
    }
  }

  private void tellDeadline(MultiMap headers, long within) {
    long left = call.leftMillis();
    boolean any = left == Deadlines.NONE && within == Long.MAX_VALUE;
    if (!any && (left != Deadlines.NONE || upstream.config().tellDeadline())) {
      Deadlines.write(headers, Math.clamp(left, 1, Math.max(1, within)));
    }
  }

  /** Takes nothing of the body until it is sent anew. */
  void hold() {
    if (body != null) {
      body.hold();
    }
  }

  /** It will not be sent again. */
  void forget() {
    if (body != null) {
      body.forget();
    }
  }

  /** Whether some of the body has left since this was asked last. */
  boolean moved() {
    return body != null && body.moved();
  }

  /** Whether some of the body is still to come. */
  boolean unsent() {
    return call.switching() || (body != null && !body.sent());
  }
}
