package dev.tidegate.upstream;

import dev.tidegate.bus.Upstreams.Call;
import dev.tidegate.bus.Upstreams.Failed;
import dev.tidegate.loop.Loop;
import dev.tidegate.net.Deadlines;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import dev.tidegate.upstream.balance.Connector;
import dev.tidegate.upstream.balance.Link;
import dev.tidegate.upstream.health.Cause;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import org.jspecify.annotations.Nullable;

/**
 * One exchange with an upstream, from the choice of an endpoint to the last byte; its life is drawn
 * at {@link Stage}. Streams both ways with back-pressure; holds one buffer of the answer back, so
 * that a short answer leaves in one write. Lives on one event loop.
 */
final class Forwarding implements Connector.Taker, Handler<Buffer> {
  private final Call call;
  private final Upstream upstream;
  private final Active active;
  private final long started;
  private final Attempts attempts;
  private final RequestSide outgoing;

  int index = -1;
  private Stage stage = Stage.CONNECTING;
  private final Patience patience;
  private int connectFailures;
  private Loop.@Nullable Timer timer;
  private Connector connector;
  private @Nullable Link link;
  private @Nullable HttpClientRequest out;
  private @Nullable HttpClientResponse in;
  private long remaining = -1;
  private @Nullable Buffer held;

  /** Goes to another endpoint than {@code beside}, if there is one. */
  Forwarding(Call call, Upstream upstream, Active active, @Nullable Forwarding beside) {
    this.call = call;
    this.upstream = upstream;
    this.active = active;
    this.started = active.loop().nanos();
    this.attempts = new Attempts(upstream, call.method());
    this.patience = new Patience(call.times(), upstream.config(), active.now());
    this.outgoing = new RequestSide(call, upstream, attempts);
    this.connector =
        beside == null ? upstream.choose(call) : upstream.other(call, beside.connector);
  }

  void start() {
    active.add(this);
    call.onGone(this::cancel);
    long left = call.leftMillis();
    if (left <= 0) {
      late();
    } else {
      if (left != Deadlines.NONE && patience.exceeds(left)) {
        timer = active.loop().after(Deadlines.patience(left), this::late);
      }
      take();
    }
  }

  private void late() {
    if (stage.unanswered()) {
      fail(Problem.DEADLINE_EXCEEDED, stage.outcome(), "the caller's deadline is over");
    }
  }

  private void take() {
    if (!connector.tryTake(this, attempts.fresh())) {
      fail(Problem.OVERLOADED, Outcome.NEVER_SENT, "too many requests wait for the upstream");
    }
  }

  @Override
  public boolean repeatable() {
    return attempts.idempotent();
  }

  @Override
  public void onConnectFailure(Throwable cause) {
    String why = AnswerHead.unreachable(cause);
    upstream.unreachable(connector, why);
    if (stage == Stage.OVER) {
      return;
    }
    connectFailures++;
    if (connectFailures < upstream.config().endpoints().size()) {
      connector = upstream.other(call, connector);
      take();
      return;
    }
    fail(Problem.UPSTREAM_UNREACHABLE, Outcome.NEVER_SENT, why);
  }

  @Override
  public void onLink(Link given) {
    if (stage == Stage.OVER) {
      connector.release(given, true);
      return;
    }
    stage = stage.to(Stage.OPENING);
    link = given;
    given
        .connection()
        .request(new RequestOptions().setMethod(call.method()).setURI(call.uri()))
        .onComplete(this::onRequest, this::onBroken);
  }

  private void onRequest(HttpClientRequest request) {
    if (stage == Stage.OVER) {
      request.reset();
      return;
    }
    stage = stage.to(Stage.SENT);
    patience.sent(active.now());
    out = request;
    try {
      request.earlyHintsHandler(this::onInterim);
      request.response().onComplete(r -> onResponse(request, r), e -> onBroken(request, e));
      outgoing.send(request, link, patience.left(active.now()));
    } catch (RuntimeException e) {
      active.loop().failed("sending a request to an upstream", e);
      fail(Problem.INTERNAL, Outcome.NEVER_SENT, "the request cannot be sent to the upstream");
    }
  }

  private void onInterim(MultiMap headers) {
    if (stage == Stage.SENT) {
      call.responseInterim(ClientInternals.interimStatus(headers), headers);
    }
  }

  private void onResponse(HttpClientRequest request, HttpClientResponse response) {
    // Without it Vert.x would log what becomes of an answer that is given up.
    response.exceptionHandler(e -> onBroken(request, e));
    if (stage == Stage.OVER || request != out) {
      return;
    }
    if (Switching.agreed(call, response)) {
      stage = stage.to(Stage.SWITCHED);
      out = null;
      Switching.begin(call, upstream, connector, link, response, this::cancel);
      return;
    }
    remaining = AnswerHead.length(response.headers());
    String flaw = AnswerHead.flaw(response, remaining);
    if (flaw != null) {
      fail(Problem.UPSTREAM_BROKEN, Outcome.UNKNOWN, flaw);
      return;
    }
    long pause = attempts.pauseNanos(response);
    if (pause >= 0 && attempts.tryRetry(stage, false, outgoing.body())) {
      upstream.answered(connector, response.statusCode());
      retry(pause);
      return;
    }
    stage = stage.to(Stage.ANSWERING);
    in = response;
    stopTimer();
    outgoing.forget();
    patience.moved(active.now());
    upstream.answering(connector, response, active.loop().nanos() - started);
    if (!answered(response)) {
      return;
    }
    response.handler(this);
    response.endHandler(this::onEnd);
    if (remaining < 0) {
      active.flushSoon(this);
    }
  }

  /** Whether the answer's head has been passed on. */
  private boolean answered(HttpClientResponse response) {
    try {
      if (call.responseHead(response.statusCode(), response.headers())) {
        return true;
      }
      cancel();
    } catch (IllegalArgumentException e) {
      // Vert.x checks names and values as they are copied, and not as they are read.
      fail(Problem.UPSTREAM_BROKEN, Outcome.UNKNOWN, "a header of the answer is malformed");
    }
    return false;
  }

  /** What is held back may wait for what the same read still brings, and no longer. */
  void flush() {
    if (stage != Stage.ANSWERING) {
      return;
    }
    Buffer data = held;
    held = null;
    if (data == null) {
      call.responseFlush();
    } else {
      send(data);
    }
  }

  @Override
  public void handle(Buffer data) {
    if (stage == Stage.OVER) {
      return;
    }
    patience.moved(active.now());
    Buffer before = held;
    held = data;
    remaining -= data.length();
    if (remaining != 0) {
      active.flushSoon(this);
    }
    if (before != null) {
      send(before);
    }
  }

  private void send(Buffer data) {
    call.responseData(data);
    HttpClientResponse response = in;
    if (stage == Stage.ANSWERING && response != null && call.responseFull()) {
      stage = stage.to(Stage.PAUSED);
      response.pause();
      call.onDrain(this::resume);
    }
  }

  private void resume() {
    HttpClientResponse response = in;
    if (stage != Stage.PAUSED || response == null) {
      return;
    }
    stage = stage.to(Stage.ANSWERING);
    patience.moved(active.now());
    if (held != null) {
      active.flushSoon(this);
    }
    response.resume();
  }

  private void onEnd(Void v) {
    HttpClientResponse response = in;
    if (stage == Stage.OVER || response == null) {
      return;
    }
    upstream.answered(connector, response.statusCode());
    boolean unsent = outgoing.unsent();
    finish(!unsent && AnswerHead.persistent(response));
    if (unsent && out != null) {
      out.reset();
    }
    call.responseEnd(held, response.trailers());
  }

  /** The stream could not be had. */
  private void onBroken(Throwable cause) {
    if (stage == Stage.OPENING) {
      broken(cause);
    }
  }

  private void onBroken(HttpClientRequest request, Throwable cause) {
    if (stage != Stage.OVER && request == out) {
      broken(cause);
    }
  }

  private void broken(Throwable cause) {
    Link broken = link;
    boolean refused = AnswerHead.refused(cause, broken, out);
    if (broken != null
        && (refused || broken.used())
        && attempts.repeats(stage, refused, outgoing.body())) {
      restart(broken.multiplexed());
      upstream.retried();
      take();
    } else if (attempts.tryRetry(stage, refused, outgoing.body())) {
      upstream.blame(connector, Cause.BROKEN, AnswerHead.broken(cause));
      retry(0);
    } else {
      Outcome outcome = refused ? Outcome.NEVER_SENT : stage.outcome();
      fail(Problem.UPSTREAM_BROKEN, outcome, AnswerHead.broken(cause));
    }
  }

  /** Goes back to where it has no connection. */
  private void restart(boolean reusable) {
    stage = stage.to(Stage.CONNECTING);
    patience.connecting(active.now());
    Link last = link;
    link = null;
    out = null;
    outgoing.hold();
    if (last != null) {
      connector.release(last, reusable);
    }
  }

  /** Elsewhere, if there is an elsewhere, after a pause. */
  private void retry(long pause) {
    HttpClientRequest request = out;
    upstream.retried();
    restart(link != null && link.multiplexed());
    if (request != null) {
      request.reset();
    }
    connector = upstream.other(call, connector);
    active.loop().after(Math.max(pause, attempts.pauseNanos()), this::takeAnew);
  }

  private void takeAnew() {
    if (stage != Stage.OVER) {
      take();
    }
  }

  /** Called now and then with the coarse clock. */
  void check(long now) {
    switch (stage) {
      case CONNECTING, OPENING, SENT -> {
        if (outgoing.moved()) {
          patience.requestMoved(now);
        } else if (patience.answersTooLate(now)) {
          fail(Problem.UPSTREAM_TIMEOUT, stage.outcome(), "the upstream did not answer in time");
        } else if (stage == Stage.SENT
            && attempts.slow(patience.sinceSent(now))
            && attempts.tryRetry(stage, false, outgoing.body())) {
          upstream.blame(connector, Cause.TIMEOUT, "it did not answer in time");
          retry(0);
        } else if (stage == Stage.CONNECTING && patience.connectsTooLong(now)) {
          fail(Problem.UPSTREAM_UNREACHABLE, Outcome.NEVER_SENT, "no connection in time");
        }
      }
      case ANSWERING -> {
        if (outgoing.moved()) {
          patience.moved(now);
        } else if (patience.silent(now)) {
          fail(Problem.UPSTREAM_TIMEOUT, Outcome.UNKNOWN, "the upstream fell silent");
        }
      }
      case PAUSED, SWITCHED, OVER -> {}
    }
  }

  private void fail(Problem problem, Outcome outcome, String detail) {
    Stage at = stage;
    abandon();
    Failed failure = new Failed(problem, attempts.outcome(outcome), detail);
    call.failed(upstream.failed(call, connector, at, failure));
  }

  private void cancel() {
    if (stage != Stage.OVER) {
      abandon();
    }
  }

  private void abandon() {
    HttpClientRequest request = out;
    if (stage == Stage.CONNECTING) {
      connector.forget(this);
    }
    finish(false);
    if (request != null) {
      request.reset();
    }
  }

  private void finish(boolean reusable) {
    stage = stage.to(Stage.OVER);
    active.remove(this);
    stopTimer();
    Link last = link;
    link = null;
    if (last != null) {
      connector.release(last, reusable || last.multiplexed());
    }
  }

  private void stopTimer() {
    Loop.Timer waiting = timer;
    timer = null;
    if (waiting != null) {
      waiting.cancel();
    }
  }
}
