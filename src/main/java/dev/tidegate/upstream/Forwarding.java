package dev.tidegate.upstream;

import dev.tidegate.bus.Upstreams.Call;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.streams.ReadStream;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One exchange with an upstream, from the choice of an endpoint to the last byte. Streams both ways
 * with back-pressure; holds one buffer of the answer back, so that a short answer leaves in one
 * write. Lives on one event loop.
 */
final class Forwarding implements Pool.Taker, Handler<Buffer> {
  private final Call call;
  private final Upstream upstream;
  private final Active active;
  private final long started;
  private final boolean idempotent;

  int index = -1;
  private long deadline;
  private long lastRead;
  private boolean paused;
  private boolean done;
  private boolean fresh;
  private boolean answered;
  private boolean bodySent;
  private boolean bodyBegun;
  private boolean flushScheduled;
  private long remaining = -1;
  private int connectFailures;

  private Pool pool;
  private @Nullable Link link;
  private @Nullable HttpClientRequest out;
  private @Nullable HttpClientResponse in;
  private @Nullable Buffer held;

  Forwarding(Call call, Upstream upstream, Active active) {
    this.call = call;
    this.upstream = upstream;
    this.active = active;
    this.started = System.nanoTime();
    this.idempotent = idempotent(call.method());
    this.pool = upstream.balancer().next();
  }

  private static boolean idempotent(HttpMethod method) {
    return switch (method.name()) {
      case "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE" -> true;
      default -> false;
    };
  }

  void start() {
    long timeout = call.timeoutMillis();
    deadline = active.now() + (timeout > 0 ? timeout : upstream.config().timeout().toMillis());
    active.add(this);
    call.onGone(this::cancel);
    take();
  }

  private void take() {
    if (!pool.tryTake(this, fresh)) {
      fail(Problem.OVERLOADED, Outcome.NEVER_SENT, "too many requests wait for the upstream");
    }
  }

  @Override
  public boolean repeatable() {
    return idempotent;
  }

  @Override
  public void onConnectFailure(Throwable cause) {
    if (done) {
      return;
    }
    connectFailures++;
    if (connectFailures < upstream.config().endpoints().size()) {
      pool = upstream.balancer().other(pool);
      take();
      return;
    }
    fail(Problem.UPSTREAM_UNREACHABLE, Outcome.NEVER_SENT, "no connection to the upstream");
  }

  @Override
  public void onLink(Link given) {
    if (done) {
      pool.release(given, true);
      return;
    }
    link = given;
    given
        .connection
        .request(new RequestOptions().setMethod(call.method()).setURI(call.uri()))
        .onComplete(this::onRequest, this::onBroken);
  }

  private void onRequest(HttpClientRequest request) {
    if (done) {
      request.reset();
      return;
    }
    out = request;
    call.requestHead(request.headers());
    request.response().onComplete(this::onResponse, this::onBroken);
    ReadStream<Buffer> body = call.requestBody();
    if (body == null) {
      bodySent = true;
      request.end();
    } else {
      if (!request.headers().contains(HttpHeaders.CONTENT_LENGTH)) {
        request.setChunked(true);
      }
      new BodyPump(body, request, this).start();
      call.bodyWanted();
    }
  }

  void bodyBegun() {
    bodyBegun = true;
  }

  void bodySent() {
    bodySent = true;
  }

  private void onResponse(HttpClientResponse response) {
    if (done) {
      return;
    }
    in = response;
    answered = true;
    lastRead = active.now();
    upstream.answers().record(System.nanoTime() - started, TimeUnit.NANOSECONDS);
    if (!call.responseHead(response.statusCode(), response.headers())) {
      cancel();
      return;
    }
    response.handler(this);
    response.exceptionHandler(this::onBroken);
    response.endHandler(this::onEnd);
    remaining = length(response.headers().get(HttpHeaders.CONTENT_LENGTH));
    if (remaining < 0) {
      scheduleFlush();
    }
  }

  private static long length(@Nullable String text) {
    if (text == null || text.length() > 18) {
      return -1;
    }
    long length = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      length = length * 10 + digit;
    }
    return length;
  }

  /** What is held back may wait for what the same read still brings, and no longer. */
  private void scheduleFlush() {
    if (!flushScheduled) {
      flushScheduled = true;
      active.later(this::flush);
    }
  }

  @Override
  public void handle(Buffer data) {
    lastRead = active.now();
    Buffer before = held;
    held = data;
    remaining -= data.length();
    if (remaining != 0) {
      scheduleFlush();
    }
    if (before != null && !done) {
      send(before);
    }
  }

  private void send(Buffer data) {
    call.responseData(data);
    HttpClientResponse response = in;
    if (!paused && call.responseFull() && response != null) {
      paused = true;
      response.pause();
      call.onDrain(this::resume);
    }
  }

  private void resume() {
    paused = false;
    lastRead = active.now();
    HttpClientResponse response = in;
    if (!done && response != null) {
      if (held != null) {
        scheduleFlush();
      }
      response.resume();
    }
  }

  private void onEnd(Void v) {
    if (done) {
      return;
    }
    HttpClientResponse response = in;
    finish(bodySent && response != null && persistent(response));
    if (!bodySent && out != null) {
      out.reset();
    }
    call.responseEnd(held, response == null ? null : response.trailers());
  }

  private static boolean persistent(HttpClientResponse response) {
    return response.version() == HttpVersion.HTTP_2
        || (response.version() == HttpVersion.HTTP_1_1
            && !response.headers().contains(HttpHeaders.CONNECTION, HttpHeaders.CLOSE, true));
  }

  private void onBroken(Throwable cause) {
    if (done) {
      return;
    }
    Link broken = link;
    boolean again = !answered && !fresh && !bodyBegun && (idempotent || out == null);
    if (again && broken != null && broken.used) {
      pool.release(broken, false);
      link = null;
      out = null;
      fresh = true;
      upstream.retried();
      take();
      return;
    }
    fail(
        Problem.UPSTREAM_BROKEN,
        out == null ? Outcome.NEVER_SENT : Outcome.UNKNOWN,
        "the upstream broke off");
  }

  /** Called now and then with the coarse clock. */
  void check(long now) {
    if (answered) {
      if (!paused && now - lastRead > upstream.config().idle().toMillis()) {
        fail(Problem.UPSTREAM_TIMEOUT, Outcome.UNKNOWN, "the upstream fell silent");
      }
    } else if (now > deadline) {
      fail(
          Problem.UPSTREAM_TIMEOUT,
          out == null ? Outcome.NEVER_SENT : Outcome.UNKNOWN,
          "the upstream did not answer in time");
    }
  }

  private void flush() {
    flushScheduled = false;
    if (done || paused) {
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

  private void fail(Problem problem, Outcome outcome, String detail) {
    abandon();
    call.failed(upstream.failed(problem, outcome, detail));
  }

  private void cancel() {
    if (!done) {
      abandon();
    }
  }

  private void abandon() {
    HttpClientRequest request = out;
    if (link == null) {
      pool.forget(this);
    }
    finish(false);
    if (request != null) {
      request.reset();
    }
  }

  private void finish(boolean reusable) {
    done = true;
    active.remove(this);
    Link last = link;
    link = null;
    if (last != null) {
      pool.release(last, reusable || last.capacity > 1);
    }
  }
}
