package dev.tidegate.ingress.exchange;

import dev.tidegate.loop.Loop;
import dev.tidegate.policy.BodyEncoder;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** The answer's side of an exchange: what of it has left, and what is known of how it ended. */
abstract class AnswerSide extends WithBody {
  @Nullable BodyEncoder encoder;
  final HttpServerResponse response;
  final MultiMap responseHeaders;
  private int status;
  private long untakenSince = Long.MAX_VALUE;
  private long carried;
  boolean closeAfter;
  @Nullable String cause;

  AnswerSide(HttpServerRequest request, HeadReader head, long maxBody, Loop loop) {
    super(request, head, maxBody, loop);
    this.response = request.response();
    this.responseHeaders = response.headers();
  }

  // The head.

  @Override
  public MultiMap responseHeaders() {
    return responseHeaders;
  }

  @Override
  public int status() {
    return status;
  }

  void status(int code) {
    status = code;
    response.setStatusCode(code);
  }

  @Override
  public void closeAfter() {
    closeAfter = true;
  }

  /** An interim answer (1xx), which HTTP/1.0 does not know. */
  public void interim(int code, MultiMap headers) {
    if (request.version() != HttpVersion.HTTP_1_0) {
      connection.interim(request, code, headers);
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

  /** Whether it is too late to answer otherwise. */
  @Override
  public boolean headWritten() {
    return response.headWritten();
  }

  /** Sends a head that is complete, without waiting for the first byte of the body. */
  public void flushHead() {
    if (!response.headWritten() && !HttpMethod.HEAD.equals(request.method())) {
      response.writeHead();
    }
  }

  // The body.

  @Override
  public void write(Buffer data) {
    Buffer leaves = encoder == null ? data : encoder.encode(data);
    if (leaves.length() == 0) {
      return;
    }
    boolean first = connection.http2() && !response.headWritten();
    response.write(leaves);
    if (first) {
      connection.begun(request);
    }
  }

  @Override
  public void encodeBody(BodyEncoder by) {
    encoder = by;
  }

  /** It is over, or another answer takes the place of the one that it was for. */
  void dropEncoder() {
    if (encoder != null) {
      encoder.close();
      encoder = null;
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

  /** Since when the caller takes nothing of what waits for it, by the connection's clock. */
  public long untakenSince() {
    return untakenSince;
  }

  /** What follows the body. */
  public MultiMap trailers() {
    return response.trailers();
  }

  /** The other protocol has sent something to the caller. */
  public void carried(int bytes) {
    carried += bytes;
  }

  // How it ended.

  @Override
  public long written() {
    return response.bytesWritten() + carried;
  }

  @Override
  public @Nullable String cause() {
    return cause;
  }
}
