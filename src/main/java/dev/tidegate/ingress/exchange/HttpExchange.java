package dev.tidegate.ingress.exchange;

import dev.tidegate.ingress.connection.InFlight;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.OnFailure;
import dev.tidegate.policy.Reply;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import dev.tidegate.problem.ProblemDocument;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer on one event loop: how its body is read and how the answer leaves. Its
 * life is drawn at {@link ExchangeState}.
 */
public final class HttpExchange extends AnswerSide implements Next, InFlight, Handler<Void> {
  /** RFC 9113, section 7: an HTTP/2 stream that cannot be finished. */
  private static final long INTERNAL_ERROR = 2;

  private final Shared shared;

  int step;
  private ExchangeState state = ExchangeState.WAITING;
  private boolean failing;
  private @Nullable Runnable gone;

  HttpExchange(HttpServerRequest request, Shared shared) {
    super(request, shared.head(), shared.maxBody(), shared.loop());
    this.shared = shared;
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
    int at = step;
    try {
      shared.steps().next(this);
    } catch (Throwable e) {
      failed(at, e);
    }
  }

  @Override
  @SuppressWarnings("CatchThrowable") // whatever it is, somebody waits for an answer
  public <T extends @Nullable Object> Handler<T> then(Handler<T> later) {
    int at = step - 1;
    return value -> {
      try {
        later.handle(value);
      } catch (Throwable e) {
        failed(at, e);
      }
    };
  }

  @Override
  public void fail(Throwable why) {
    failed(step - 1, why);
  }

  /** The step at this place has failed; an open one that has let it go on has done its part. */
  private void failed(int at, Throwable why) {
    boolean told = why instanceof Steps.HeadRefused;
    OnFailure then = told ? OnFailure.CLOSED : shared.steps().failed(at, this, why);
    if (ended()) {
      return;
    }
    boolean turn = step == at + 1;
    if (then == OnFailure.OPEN && turn && state == ExchangeState.WAITING) {
      proceed();
    } else if (then == OnFailure.CLOSED || turn) {
      giveUp();
    }
  }

  @SuppressWarnings("CatchThrowable") // the last resort must not fail
  private void giveUp() {
    boolean sent = shared.steps().passed(this);
    failing = true;
    stopTarget();
    try {
      if (!headWritten()) {
        responseHeaders.clear();
      }
      answer(
          new Reply.Refusal(
              Problem.INTERNAL,
              "the request could not be carried out",
              sent ? Outcome.UNKNOWN : Outcome.NEVER_SENT));
    } catch (Throwable again) {
      shared.steps().unwritten(this, again);
      abort("broken");
    }
  }

  // The caller keeps us waiting.

  @Override
  public void slowCaller() {
    cutOff("slow-caller");
  }

  // The answer's head.

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
        if (content.body().length() > 0) {
          announce(content.body());
        }
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
        Buffer document =
            ProblemDocument.render(problem, refusal.detail(), requestId(), refusal.outcome());
        announce(document);
        beginHead(problem.status());
        whole(document);
      }
    }
  }

  private void announce(Buffer body) {
    responseHeaders.set(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
  }

  /** Over HTTP/1 Vert.x knows what an answer to HEAD looks like. */
  private void whole(Buffer body) {
    boolean headOnly = connection.http2() && HttpMethod.HEAD.equals(request.method());
    if (headOnly) {
      announce(body);
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
    dropEncoder();
    status(code);
    shared.steps().head(this, failing);
    if (!responseHeaders.contains(HttpHeaders.DATE)) {
      responseHeaders.set(HttpHeaders.DATE, shared.date().now());
    }
    if (encoder != null) {
      responseHeaders.remove(HttpHeaders.CONTENT_LENGTH);
      endless();
    }
    closeAfter |= connection.draining();
    if (closeAfter && !connection.http2()) {
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

  // The answer's body.

  @Override
  public void finish() {
    if (!ended()) {
      end(null);
    }
  }

  /** The last bytes of the answer. */
  @SuppressWarnings("CatchThrowable") // the exchange is over in any case
  public void end(@Nullable Buffer end) {
    Buffer last = encoder == null ? end : encoder.finish(end);
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
      shared.steps().unwritten(this, e);
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

  private void over(ExchangeState before) {
    state = ExchangeState.OVER;
    if (before == ExchangeState.STREAMING) {
      shared.streams().ended(this);
    }
    shared.steps().end(this);
    dropEncoder();
    connection.end(this);
  }
}
