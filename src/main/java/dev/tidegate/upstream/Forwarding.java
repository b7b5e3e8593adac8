package dev.tidegate.upstream;

import dev.tidegate.bus.Upstreams.Call;
import dev.tidegate.bus.Upstreams.Failed;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import dev.tidegate.upstream.balance.Connector;
import dev.tidegate.upstream.balance.Link;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.streams.ReadStream;
import java.util.concurrent.TimeUnit;
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
  private final boolean idempotent;

  int index = -1;
  private Stage stage = Stage.CONNECTING;
  private long timeout;
  private long deadline;
  private int connectFailures;
  private boolean again;
  private Connector connector;
  private @Nullable Link link;
  private @Nullable HttpClientRequest out;
  private @Nullable BodyPump body;

  private @Nullable HttpClientResponse in;
  private long lastRead;
  private long remaining = -1;
  private @Nullable Buffer held;

  Forwarding(Call call, Upstream upstream, Active active) {
    this.call = call;
    this.upstream = upstream;
    this.active = active;
    this.started = active.loop().nanos();
    this.idempotent = idempotent(call.method());
    this.connector = upstream.balancer().next();
  }

  private static boolean idempotent(HttpMethod method) {
    return switch (method.name()) {
      case "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE" -> true;
      default -> false;
    };
  }

  void start() {
    long wanted = call.timeoutMillis();
    timeout = wanted > 0 ? wanted : upstream.config().timeout().toMillis();
    deadline = active.now() + timeout;
    active.add(this);
    call.onGone(this::cancel);
    take();
  }

  private void take() {
    if (!connector.tryTake(this, again)) {
      fail(Problem.OVERLOADED, Outcome.NEVER_SENT, "too many requests wait for the upstream");
    }
  }

  @Override
  public boolean repeatable() {
    return idempotent;
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
      connector = upstream.balancer().other(connector);
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
    out = request;
    try {
      send(request);
    } catch (RuntimeException e) {
      active.loop().failed("sending a request to an upstream", e);
      fail(Problem.INTERNAL, Outcome.NEVER_SENT, "the request cannot be sent to the upstream");
    }
  }

  private void send(HttpClientRequest request) {
    call.requestHead(request.headers());
    upstream.address(request, call);
    request.earlyHintsHandler(this::onInterim);
    if (call.switching()) {
      request.exceptionHandler(e -> {}); // told by the future
      request.connect().onComplete(this::onResponse, this::onBroken);
      return;
    }
    request.response().onComplete(this::onResponse, this::onBroken);
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
    body = new BodyPump(stream, request, link != null && link.mayAskAgain(idempotent));
    body.start();
    call.bodyWanted();
  }

  private static void frame(HttpClientRequest request) {
    if (!request.headers().contains(HttpHeaders.CONTENT_LENGTH)) {
      request.setChunked(true);
    }
  }

  private void onInterim(MultiMap headers) {
    if (stage == Stage.SENT) {
      call.responseInterim(ClientInternals.interimStatus(headers), headers);
    }
  }

  private void onResponse(HttpClientResponse response) {
    // Without it Vert.x would log what becomes of an answer that is given up.
    response.exceptionHandler(this::onBroken);
    if (stage == Stage.OVER) {
      return;
    }
    if (call.switching() && AnswerHead.webSocket(response)) {
      switched(response);
      return;
    }
    remaining = AnswerHead.length(response.headers());
    String flaw = AnswerHead.flaw(response, remaining);
    if (flaw != null) {
      fail(Problem.UPSTREAM_BROKEN, Outcome.UNKNOWN, flaw);
      return;
    }
    stage = stage.to(Stage.ANSWERING);
    in = response;
    if (body != null) {
      body.forget();
    }
    lastRead = active.now();
    upstream.answers().record(active.loop().nanos() - started, TimeUnit.NANOSECONDS);
    if (!answered(response)) {
      return;
    }
    response.handler(this);
    response.endHandler(this::onEnd);
    if (remaining < 0) {
      active.flushSoon(this);
    }
  }

  private void switched(HttpClientResponse response) {
    stage = stage.to(Stage.SWITCHED);
    Link last = link;
    if (last != null) {
      connector.detach(last);
    }
    upstream.answered(connector, response.statusCode());
    NetSocket socket = response.netSocket();
    socket.pause();
    call.switched(response.headers(), socket, this::switchedOver);
  }

  private void switchedOver() {
    if (stage != Stage.OVER) {
      finish(false);
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
      fail(
          Problem.UPSTREAM_BROKEN,
          Outcome.UNKNOWN,
          "a header of the upstream's answer is malformed");
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
    lastRead = active.now();
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
    lastRead = active.now();
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
    boolean unsent = call.switching() || (body != null && !body.sent());
    finish(!unsent && AnswerHead.persistent(response));
    if (unsent && out != null) {
      out.reset();
    }
    call.responseEnd(held, response.trailers());
  }

  private void onBroken(Throwable cause) {
    if (stage == Stage.OVER) {
      return;
    }
    Link broken = link;
    boolean refused = AnswerHead.refused(cause);
    if (broken != null && (refused || broken.used()) && mayBeRepeated(refused)) {
      repeat(broken);
    } else {
      Outcome outcome = refused ? Outcome.NEVER_SENT : stage.outcome();
      fail(Problem.UPSTREAM_BROKEN, outcome, AnswerHead.broken(cause));
    }
  }

  /** Once, while the upstream cannot have acted or acting twice does no harm. */
  private boolean mayBeRepeated(boolean refused) {
    boolean harmless = stage == Stage.OPENING || (stage == Stage.SENT && (idempotent || refused));
    return harmless && !again && (body == null || body.repeatable());
  }

  private void repeat(Link broken) {
    stage = stage.to(Stage.CONNECTING);
    again = true;
    connector.release(broken, broken.multiplexed());
    link = null;
    out = null;
    if (body != null) {
      body.hold();
    }
    upstream.retried();
    take();
  }

  /** Called now and then with the coarse clock. */
  void check(long now) {
    switch (stage) {
      case CONNECTING, OPENING, SENT -> {
        BodyPump moving = body;
        if (moving != null && moving.moved()) {
          deadline = now + timeout; // the wait for an answer begins when the request has been sent
        } else if (now > deadline) {
          fail(Problem.UPSTREAM_TIMEOUT, stage.outcome(), "the upstream did not answer in time");
        }
      }
      case ANSWERING -> {
        if (now - lastRead > upstream.config().idle().toMillis()) {
          fail(Problem.UPSTREAM_TIMEOUT, Outcome.UNKNOWN, "the upstream fell silent");
        }
      }
      case PAUSED, SWITCHED, OVER -> {}
    }
  }

  private void fail(Problem problem, Outcome outcome, String detail) {
    Stage at = stage;
    abandon();
    call.failed(upstream.failed(call, connector, at, new Failed(problem, outcome, detail)));
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
    Link last = link;
    link = null;
    if (last != null) {
      connector.release(last, reusable || last.multiplexed());
    }
  }
}
