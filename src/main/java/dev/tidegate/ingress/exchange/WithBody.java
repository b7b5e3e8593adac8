package dev.tidegate.ingress.exchange;

import dev.tidegate.loop.Loop;
import dev.tidegate.problem.Problem;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.streams.ReadStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The body of a request: how it is read, bounded and ended. */
abstract class WithBody extends Incoming implements LimitedBody.Owner {
  private static final Buffer NOTHING = Buffer.buffer();

  private enum Body {
    NONE,
    UNREAD,
    READING
  }

  private Body body;
  private boolean unhurried;
  private long bodyLimit;
  private int number;

  WithBody(HttpServerRequest request, HeadReader head, long maxBody, Loop loop) {
    super(request, head, loop);
    this.bodyLimit = maxBody;
    boolean hasBody =
        connection.http2()
            ? connection.bodyFollows(request)
            : head.contentLength > 0 || head.transferEncoding != null;
    this.body = hasBody ? Body.UNREAD : Body.NONE;
  }

  /** The connection has counted it. */
  final void counted() {
    number = connection.number(request);
  }

  abstract boolean ended();

  public abstract boolean headWritten();

  abstract void stopTarget();

  /** Refuses it in the middle of its body, after which the connection is of no use. */
  private void giveUp(Problem problem, String detail) {
    closeAfter();
    stopTarget();
    refuse(problem, detail);
  }

  public final void slowBody() {
    giveUp(Problem.REQUEST_TIMEOUT, "the body arrived too slowly");
  }

  @Override
  public final void tooLarge() {
    giveUp(Problem.BODY_TOO_LARGE, "the body may have " + bodyLimit + " bytes");
  }

  @Override
  public final boolean malformedBody() {
    boolean malformed = connection.malformed(number);
    if (malformed) {
      giveUp(Problem.BAD_REQUEST, "the chunks of the body are malformed");
    }
    return malformed;
  }

  /** The body as it comes, paused; null when there is none. */
  public final @Nullable ReadStream<Buffer> bodyStream() {
    if (!hasBody()) {
      return null;
    }
    return contentLength() >= 0 ? request : new LimitedBody(this, request, bodyLimit);
  }

  /** The body is about to be read. */
  public final void bodyWanted() {
    body = Body.READING;
    boolean asked = expectation() != null && request.version() != HttpVersion.HTTP_1_0;
    if (asked && !request.isEnded() && !headWritten()) {
      request.response().writeContinue();
    }
  }

  @Override
  public final void body(Consumer<Buffer> then) {
    ReadStream<Buffer> stream = bodyStream();
    if (stream == null) {
      then.accept(NOTHING);
      return;
    }
    Buffer whole = Buffer.buffer();
    stream.handler(whole::appendBuffer);
    stream.endHandler(
        then(
            v -> {
              if (!ended()) {
                then.accept(whole);
              }
            }));
    bodyWanted();
    stream.resume();
  }

  /** What followed the body, once it has been read, or null. */
  public final @Nullable MultiMap requestTrailers() {
    return connection.trailers(number);
  }

  @Override
  public final void limitBody(long bytes) {
    bodyLimit = bytes;
  }

  final boolean hasBody() {
    return body != Body.NONE;
  }

  /** Whether some of the body is yet to come. */
  final boolean unread() {
    return hasBody() && !request.isEnded();
  }

  public final boolean whole() {
    return !unread();
  }

  /** Nobody wants the rest of the body. */
  final void discard() {
    if (connection.http2()) {
      request.resume();
      return;
    }
    connection.linger();
    request.handler(data -> {});
    request.endHandler(v -> request.connection().close());
    request.resume();
  }

  /** Whether more of the body is waited for. */
  public final boolean readingBody() {
    return body == Body.READING && !unhurried && !request.isEnded();
  }

  /** Its body may stand still; whoever passes it on sees to it that it does not for ever. */
  public final void takesItsTime() {
    unhurried = true;
  }
}
