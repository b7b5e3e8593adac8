package dev.tidegate.ingress;

import dev.tidegate.policy.Reply;
import dev.tidegate.problem.Problem;
import dev.tidegate.problem.ProblemDocument;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.streams.ReadStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request and its answer on one event loop: how its body is read and how the answer leaves. */
final class HttpExchange extends Incoming implements Handler<Void> {
  /** Bytes of one answer that may wait for the socket or for the caller's window. */
  private static final int MAX_UNSENT = 64 * 1024;

  private static final Buffer NOTHING = Buffer.buffer();

  private final HttpServerResponse response;
  private final MultiMap responseHeaders;

  int step;
  private @Nullable String cause;
  private @Nullable Runnable gone;
  private @Nullable Runnable drain;
  private int unsent;
  private int status;
  private boolean closeAfter;
  private boolean bodyWanted;
  private boolean ended;
  private boolean streaming;

  HttpExchange(HttpServerRequest request, Loop loop) {
    super(request, loop);
    this.response = request.response();
    this.responseHeaders = response.headers();
    this.closeAfter = guard.begin(this);
    if (hasBody()) {
      request.pause();
      request.exceptionHandler(e -> {});
    }
    response.closeHandler(this);
  }

  @Override
  public HttpServerResponse response() {
    return response;
  }

  @Override
  public MultiMap responseHeaders() {
    return responseHeaders;
  }

  @Override
  public int status() {
    return status;
  }

  @Override
  public @Nullable String cause() {
    return cause;
  }

  void cause(String why) {
    cause = why;
  }

  boolean ended() {
    return ended;
  }

  /** This is the connection's last answer. */
  void closeAfter() {
    closeAfter = true;
  }

  @Override
  public void onGone(Runnable action) {
    gone = action;
    if (ended) {
      action.run();
    }
  }

  boolean readingBody() {
    return bodyWanted && !request.isEnded();
  }

  void slowBody() {
    closeAfter = true;
    stopTarget();
    refuse(Problem.REQUEST_TIMEOUT, "the body arrived too slowly");
  }

  private void tooLarge() {
    closeAfter = true;
    stopTarget();
    refuse(Problem.BODY_TOO_LARGE, "the body may have " + bodyLimit() + " bytes");
  }

  private void stopTarget() {
    Runnable cancel = gone;
    gone = null;
    if (cancel != null) {
      cancel.run();
    }
  }

  /** The body as it comes, paused; null when there is none. */
  @Nullable ReadStream<Buffer> bodyStream() {
    if (!hasBody()) {
      return null;
    }
    return contentLength() >= 0 ? request : new LimitedBody(request, bodyLimit(), this::tooLarge);
  }

  /** The body is about to be read. */
  void bodyWanted() {
    bodyWanted = true;
    if (expectation() != null && !request.isEnded() && !response.headWritten()) {
      response.writeContinue();
    }
  }

  @Override
  public void body(Consumer<Buffer> then) {
    ReadStream<Buffer> stream = bodyStream();
    if (stream == null) {
      then.accept(NOTHING);
      return;
    }
    Buffer whole = Buffer.buffer();
    stream.handler(whole::appendBuffer);
    stream.endHandler(
        v -> {
          if (!ended) {
            then.accept(whole);
          }
        });
    bodyWanted();
    stream.resume();
  }

  @Override
  public void answer(Reply reply) {
    if (ended) {
      return;
    }
    if (response.headWritten()) {
      cause = "broken";
      response.reset();
      over();
      return;
    }
    switch (reply) {
      case Reply.Content content -> {
        responseHeaders.set(HttpHeaders.CONTENT_TYPE, content.type());
        beginHead(content.status());
        end(content.body());
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
        end(ProblemDocument.render(problem, refusal.detail(), requestId(), refusal.outcome()));
      }
    }
  }

  @Override
  public void stream(int code, CharSequence type) {
    responseHeaders.set(HttpHeaders.CONTENT_TYPE, type);
    beginHead(code);
    endless();
    streaming = true;
    loop.streams().began(this);
    response.writeHead();
  }

  @Override
  public void finish() {
    if (!ended) {
      end(null);
    }
  }

  /** Sets the status and lets every policy see the head; the first write sends it. */
  void beginHead(int code) {
    status = code;
    response.setStatusCode(code);
    loop.pipeline().head(this);
    closeAfter |= guard.draining();
    if (closeAfter && !guard.http2) {
      responseHeaders.set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
  }

  /** The answer's length is not known; an HTTP/1.0 client learns it when the connection closes. */
  void endless() {
    if (request.version() == HttpVersion.HTTP_1_1) {
      response.setChunked(true);
    } else if (!guard.http2) {
      closeAfter = true;
      responseHeaders.set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
  }

  /** Some bytes of the answer. On an HTTP/2 connection we count what has not left yet ourselves. */
  void write(Buffer data) {
    if (!guard.http2) {
      response.write(data);
      return;
    }
    int length = data.length();
    unsent += length;
    response.write(data).onComplete(sent -> left(length));
  }

  private void left(int length) {
    unsent -= length;
    Runnable resume = drain;
    if (resume != null && unsent <= MAX_UNSENT / 2) {
      drain = null;
      resume.run();
    }
  }

  boolean full() {
    return guard.http2 ? unsent > MAX_UNSENT : response.writeQueueFull();
  }

  void onDrain(Runnable resume) {
    if (guard.http2) {
      drain = resume;
      return;
    }
    response.drainHandler(
        v -> {
          response.drainHandler(null);
          resume.run();
        });
  }

  /** The last bytes of the answer. */
  void end(@Nullable Buffer last) {
    boolean unread = hasBody() && !request.isEnded();
    if (unread && !guard.http2) {
      closeAfter = true;
      if (!response.headWritten()) {
        responseHeaders.set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      }
    }
    // An HTTP/2 stream closes, and says so, before end() returns.
    ended = true;
    if (last == null) {
      response.end();
    } else {
      response.end(last);
    }
    over();
    if (unread) {
      discard();
    } else if (closeAfter && !guard.http2) {
      request.connection().close();
    }
  }

  /** Nobody wants the rest of the body. */
  private void discard() {
    if (guard.http2) {
      request.resume();
      return;
    }
    guard.linger();
    request.handler(data -> {});
    request.endHandler(v -> request.connection().close());
    request.resume();
  }

  /** The exchange cannot be finished: only the connection or stream can say so. */
  void abort(String why) {
    if (!ended) {
      cause = why;
      response.reset();
      over();
    }
  }

  /** The caller may not have the rest. */
  void cutOff(String why) {
    if (!ended) {
      abort(why);
      stopTarget();
    }
  }

  /** The connection or the stream is gone. */
  @Override
  public void handle(Void closed) {
    if (!ended) {
      cause = "client-gone";
      over();
      stopTarget();
    }
  }

  private void over() {
    ended = true;
    if (streaming) {
      loop.streams().ended(this);
    }
    loop.pipeline().end(this);
    guard.end(this);
  }

  /** What the upstream is told of where the request comes from. */
  void forwardHead(MultiMap to) {
    loop.copy().request(requestHeaders, to, connectionTokens());
    loop.forwarded().write(this, to);
  }

  void forwardResponseHead(int code, MultiMap from) {
    String tokens = Headers.extraTokens(from.get(HttpHeaders.CONNECTION));
    loop.copy().response(from, responseHeaders, tokens);
    if (!from.contains(HttpHeaders.CONTENT_LENGTH) && code != 204 && code != 304) {
      endless();
    }
    beginHead(code);
  }
}
