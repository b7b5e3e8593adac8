package dev.tidegate.upstream;

import dev.tidegate.bus.Fallback;
import dev.tidegate.bus.Upstreams;
import dev.tidegate.bus.Upstreams.Answered;
import dev.tidegate.bus.Upstreams.Call;
import dev.tidegate.bus.Upstreams.Failed;
import dev.tidegate.bus.Upstreams.Forward;
import dev.tidegate.bus.Upstreams.Forwarded;
import dev.tidegate.bus.Upstreams.Header;
import dev.tidegate.bus.Upstreams.Hedge;
import dev.tidegate.bus.Upstreams.Times;
import dev.tidegate.net.Deadlines;
import dev.tidegate.net.RequestIds;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetSocket;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An exchange that came whole, from another event loop or node, and goes back whole. */
final class WholeCall implements Call {
  private final Forward forward;
  private final Promise<Forwarded> result = Promise.promise();
  private final Buffer body = Buffer.buffer();
  private final List<Header> headers = new ArrayList<>();
  private int status;
  private @Nullable Runnable cancel;

  WholeCall(Forward forward) {
    this.forward = forward;
  }

  Future<Forwarded> result() {
    return result.future();
  }

  @Override
  public String upstream() {
    return forward.upstream();
  }

  @Override
  public HttpMethod method() {
    return HttpMethod.valueOf(forward.method());
  }

  @Override
  public String uri() {
    return forward.uri();
  }

  /** The Host header itself stays where the request came in. */
  @Override
  public @Nullable String host() {
    return header("x-forwarded-host");
  }

  @Override
  public String client() {
    String client = header("x-real-ip");
    return client == null ? "" : client;
  }

  @Override
  public String route() {
    return "elsewhere";
  }

  @Override
  public String requestId() {
    String id = header(RequestIds.HEADER.toString());
    return id == null ? "unknown" : id;
  }

  @Override
  public @Nullable String header(String name) {
    for (Header header : forward.headers()) {
      if (header.name().equalsIgnoreCase(name)) {
        return header.value();
      }
    }
    return null;
  }

  @Override
  public Times times() {
    return new Times(forward.timeoutMillis(), 0, 0, false);
  }

  @Override
  public long leftMillis() {
    return Deadlines.left(header("grpc-timeout"), header(Deadlines.EXPECTED.toString()));
  }

  /** It has no second way to its caller. */
  @Override
  public @Nullable Hedge hedge() {
    return null;
  }

  /** What travels whole cannot go on. */
  @Override
  public boolean switching() {
    return false;
  }

  @Override
  public void switched(MultiMap headers, NetSocket socket, Runnable over) {
    throw new UnsupportedOperationException("it was not asked for");
  }

  @Override
  public void requestHead(MultiMap to) {
    for (Header header : forward.headers()) {
      to.add(header.name(), header.value());
    }
  }

  @Override
  public @Nullable ReadStream<Buffer> requestBody() {
    return forward.body().length == 0 ? null : new OneBuffer(Buffer.buffer(forward.body()));
  }

  /** What travels whole has no trailers, in either direction. */
  @Override
  public @Nullable MultiMap requestTrailers() {
    return null;
  }

  @Override
  public void bodyWanted() {}

  @Override
  public boolean takesTrailers() {
    return false;
  }

  /** What travels whole has one head. */
  @Override
  public void responseInterim(int code, MultiMap head) {}

  @Override
  public boolean responseHead(int code, MultiMap head) {
    status = code;
    head.forEach((name, value) -> headers.add(new Header(name, value)));
    return true;
  }

  @Override
  public void responseData(Buffer data) {
    if (body.length() + data.length() > Upstreams.MAX_BODY) {
      tooLarge();
    } else {
      body.appendBuffer(data);
    }
  }

  private void tooLarge() {
    Runnable stop = cancel;
    if (stop != null) {
      stop.run();
    }
    failed(
        new Failed(
            Problem.UPSTREAM_BROKEN,
            Outcome.UNKNOWN,
            "the answer is too large to travel between nodes"));
  }

  @Override
  public void responseFlush() {}

  @Override
  public boolean responseFull() {
    return false;
  }

  @Override
  public void onDrain(Runnable resume) {}

  @Override
  public void responseEnd(@Nullable Buffer last, @Nullable MultiMap trailers) {
    if (last != null) {
      responseData(last);
    }
    result.tryComplete(new Answered(status, headers, body.getBytes()));
  }

  @Override
  public void failed(Failed failure) {
    result.tryComplete(failure);
  }

  @Override
  public void circuitOpen(String detail, long retryAfter, @Nullable Fallback fallback) {
    if (fallback == null) {
      failed(new Failed(Problem.CIRCUIT_OPEN, Outcome.NEVER_SENT, detail));
      return;
    }
    status = fallback.status();
    headers.add(new Header("content-type", fallback.contentType()));
    fallback.headers().forEach((name, value) -> headers.add(new Header(name, value)));
    body.appendString(fallback.body());
    headers.add(new Header("content-length", Integer.toString(body.length())));
    responseEnd(null, null);
  }

  @Override
  public void onGone(Runnable stop) {
    cancel = stop;
  }
}
