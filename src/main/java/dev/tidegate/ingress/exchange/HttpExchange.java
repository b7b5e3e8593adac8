package dev.tidegate.ingress.exchange;

import dev.tidegate.ingress.connection.InFlight;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.Reply;
import dev.tidegate.problem.Problem;
import dev.tidegate.problem.ProblemDocument;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer on one event loop: how its body is read and how the answer leaves. Its
 * life is drawn at {@link ExchangeState}.
 */
public final class HttpExchange extends WithBody implements Next, InFlight, Handler<Void> {
  /** RFC 9113, section 7: an HTTP/2 stream that cannot be finished. */
  private static final long INTERNAL_ERROR = 2;

  private final HttpServerResponse response;
  private final MultiMap responseHeaders;

  int step;
  private ExchangeState state = ExchangeState.WAITING;
  private int status;
  private long untakenSince = Long.MAX_VALUE;
  private @Nullable Runnable gone;

  HttpExchange(HttpServerRequest request, Shared shared) {
    super(request, shared);
    this.response = request.response();
    this.responseHeaders = response.headers();
    this.closeAfter = connection.begin(this);
    counted();
    if (hasBody()) {
      request.pause();
      request.exceptionHandler(e -> {});
    }
    response.closeHandler(this);
  }

  @Override
  @SuppressWarnings("CatchThrowable") // whatever it is, somebody waits for an answer
  public void proceed() {
    try {
      shared.steps().next(this);
    } catch (Throwable e) {
      fail(e);
    }
  }

  @Override
  @SuppressWarnings("CatchThrowable") // the last resort must not fail
  public void fail(Throwable why) {
    shared.faults().tell(requestId(), why);
    if (ended()) {
      return;
    }
    stopTarget();
    try {
      if (!headWritten()) {
        responseHeaders.clear();
      }
      refuse(Problem.INTERNAL, "the request could not be carried out");
    } catch (Throwable again) {
      abort("broken");
    }
  }

  // The caller keeps us waiting.

  @Override
  public long untakenSince() {
    return untakenSince;
  }

  @Override
  public void slowCaller() {
    cutOff("slow-caller");
  }

  // The answer's head.

  @Override
  public MultiMap responseHeaders() {
    return responseHeaders;
  }

  @Override
  public int status() {
    return status;
  }

  @Override
  public void answer(Reply reply) {
    if (ended()) {
      return;
    }
    if (response.headWritten()) {
      abort("broken");
      return;
    }
    switch (reply) {
      case Reply.Content content -> {
        responseHeaders.set(HttpHeaders.CONTENT_TYPE, content.type());
        beginHead(content.status());
        whole(content.body());
      }
      case Reply.Empty empty -> {
        beginHead(empty.status());
        end(null);
      }
      case Reply.Refusal refusal -> {
        Problem problem = refusal.problem();
        cause = problem.slug();
        responseHeaders.set(HttpHeaders.CONTENT_TYPE, ProblemDocument.CONTENT_TYPE);
        beginHead(problem.status());
        whole(ProblemDocument.render(problem, refusal.detail(), requestId(), refusal.outcome()));
      }
    }
  }

  /** Over HTTP/1 Vert.x knows what an answer to HEAD looks like. */
  private void whole(Buffer body) {
    boolean headOnly = connection.http2() && HttpMethod.HEAD.equals(request.method());
    if (headOnly) {
      responseHeaders.set(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
    }
    end(headOnly ? null : body);
  }

  @Override
  public void stream(int code, CharSequence type) {
    responseHeaders.set(HttpHeaders.CONTENT_TYPE, type);
    beginHead(code);
    endless();
    state = ExchangeState.STREAMING;
    shared.streams().began(this);
    response.writeHead();
  }

  /** An interim answer (1xx), which HTTP/1.0 does not know. */
  public void interim(int code, MultiMap headers) {
    if (request.version() != HttpVersion.HTTP_1_0) {
      connection.interim(request, code, headers);
    }
  }

  @Override
  public boolean probe() {
    boolean early = !response.headWritten();
    if (early) {
      interim(HttpResponseStatus.CONTINUE.code(), HttpHeaders.headers());
    }
    return early;
  }

  /** Sets the status and lets every policy see the head; the first write sends it. */
  public void beginHead(int code) {
    state = ExchangeState.ANSWERING;
    status = code;
    response.setStatusCode(code);
    shared.steps().head(this);
    if (!responseHeaders.contains(HttpHeaders.DATE)) {
      responseHeaders.set(HttpHeaders.DATE, shared.date().now());
    }
    closeAfter |= connection.draining();
    if (closeAfter && !connection.http2()) {
      responseHeaders.set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
  }

  /** The answer's length is not known; an HTTP/1.0 client learns it when the connection closes. */
  public void endless() {
    if (request.version() == HttpVersion.HTTP_1_1) {
      response.setChunked(true);
    } else if (!connection.http2()) {
      closeAfter = true;
      responseHeaders.set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
  }

  /** Leaves the connection to another protocol (101), until {@link #switchedOver}. */
  public Future<NetSocket> switchProtocols(CharSequence to) {
    beginHead(101);
    responseHeaders.set(HttpHeaders.CONNECTION, "Upgrade").set(HttpHeaders.UPGRADE, to);
    state = ExchangeState.STREAMING;
    shared.streams().began(this);
    response.closeHandler(null);
    connection.switched();
    return request.toNetSocket();
  }

  /** The other protocol has ended, and the connection with it. */
  public void switchedOver(@Nullable String why) {
    if (!ended()) {
      cause = why;
      over(state);
    }
  }

  /** Whether it is too late to answer otherwise. */
  @Override
  public boolean headWritten() {
    return response.headWritten();
  }

  /** Sends a head that {@link #beginHead} made, without waiting for the first byte of the body. */
  public void flushHead() {
    if (!response.headWritten() && !HttpMethod.HEAD.equals(request.method())) {
      response.writeHead();
    }
  }

  // The answer's body.

  @Override
  public void write(Buffer data) {
    boolean first = connection.http2() && !response.headWritten();
    response.write(data);
    if (first) {
      connection.begun(request);
    }
  }

  @Override
  public boolean full() {
    return response.writeQueueFull();
  }

  /** Runs once when the caller has caught up. */
  public void onDrain(Runnable resume) {
    untakenSince = connection.now();
    response.drainHandler(
        v -> {
          untakenSince = Long.MAX_VALUE;
          response.drainHandler(null);
          resume.run();
        });
  }

  @Override
  public long written() {
    return response.bytesWritten() + carried;
  }

  /** What follows the body. */
  public MultiMap trailers() {
    return response.trailers();
  }

  @Override
  public void finish() {
    if (!ended()) {
      end(null);
    }
  }

  /** The last bytes of the answer. */
  @SuppressWarnings("CatchThrowable") // the exchange is over in any case
  public void end(@Nullable Buffer last) {
    boolean unread = unread();
    if (unread && !connection.http2()) {
      closeAfter = true;
      if (!response.headWritten()) {
        responseHeaders.set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      }
    }
    boolean first = connection.http2() && !response.headWritten();
    ExchangeState before = state;
    // An HTTP/2 stream closes, and says so, before end() returns.
    state = ExchangeState.OVER;
    try {
      if (last == null) {
        response.end();
      } else {
        connection.answered(response.end(last), last.length());
      }
      if (first) {
        connection.begun(request);
      }
    } catch (Throwable e) {
      shared.faults().tell(requestId(), e);
      response.reset();
    }
    over(before);
    if (unread) {
      discard();
    } else if (closeAfter && !connection.http2()) {
      request.connection().close();
    }
  }

  // Its end.

  @Override
  public boolean ended() {
    return state == ExchangeState.OVER;
  }

  @Override
  public void onGone(Runnable action) {
    gone = action;
    if (ended()) {
      action.run();
    }
  }

  /** The exchange cannot be finished: only the connection or stream can say so. */
  public void abort(String why) {
    if (!ended()) {
      cause = why;
      ExchangeState before = state;
      // The stream closes, and may say so, before reset() returns.
      state = ExchangeState.OVER;
      response.reset(INTERNAL_ERROR);
      over(before);
    }
  }

  @Override
  public void cutOff(String why) {
    if (!ended()) {
      abort(why);
      stopTarget();
    }
  }

  /** The connection or the stream is gone. */
  @Override
  public void handle(Void closed) {
    if (!ended()) {
      cause = "client-gone";
      over(state);
      stopTarget();
    }
  }

  @Override
  void stopTarget() {
    Runnable cancel = gone;
    gone = null;
    if (cancel != null) {
      cancel.run();
    }
  }

  @SuppressWarnings("CatchThrowable") // the connection counts it out in any case
  private void over(ExchangeState before) {
    state = ExchangeState.OVER;
    if (before == ExchangeState.STREAMING) {
      shared.streams().ended(this);
    }
    try {
      shared.steps().end(this);
    } catch (Throwable e) {
      shared.faults().tell(requestId(), e);
    }
    connection.end(this);
  }
}
