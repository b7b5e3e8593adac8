package dev.tidegate.ingress.forward;

import dev.tidegate.bus.Fallback;
import dev.tidegate.bus.Upstreams.Call;
import dev.tidegate.bus.Upstreams.Failed;
import dev.tidegate.bus.Upstreams.Hedge;
import dev.tidegate.bus.Upstreams.Times;
import dev.tidegate.ingress.exchange.HttpExchange;
import dev.tidegate.net.Deadlines;
import dev.tidegate.net.HeaderLists;
import dev.tidegate.policy.Reply;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import dev.tidegate.route.Route;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.NetSocket;
import io.vertx.core.streams.ReadStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A proxied exchange, as UPSTREAM sees it. */
final class ProxyCall implements Call {
  private final HttpExchange x;
  private final Route route;
  private final HeadCopy copy;
  private final @Nullable Tunnels tunnels;
  private final @Nullable Hedge hedge;
  private final long allowedMillis;

  /** With {@code tunnels} it goes on as a WebSocket if the upstream agrees. */
  ProxyCall(HttpExchange x, Route route, HeadCopy copy, @Nullable Tunnels tunnels) {
    this.hedge = tunnels == null ? route.hedge() : null;
    this.x = x;
    this.route = route;
    this.copy = copy;
    this.tunnels = tunnels;
    MultiMap headers = x.requestHeaders();
    this.allowedMillis =
        Deadlines.left(headers.get(Deadlines.GRPC), headers.get(Deadlines.EXPECTED));
  }

  @Override
  public String upstream() {
    String name = route.config().upstream();
    return name == null ? "" : name;
  }

  @Override
  public HttpMethod method() {
    return x.method();
  }

  @Override
  public String uri() {
    return route.target(x.target(), x.path());
  }

  @Override
  public @Nullable String host() {
    return x.host();
  }

  @Override
  public String client() {
    return x.client();
  }

  @Override
  public @Nullable String header(String name) {
    return x.requestHeaders().get(name);
  }

  @Override
  public String route() {
    return route.config().id();
  }

  @Override
  public String requestId() {
    return x.requestId();
  }

  @Override
  public Times times() {
    return route.times();
  }

  @Override
  public long leftMillis() {
    return allowedMillis == Deadlines.NONE
        ? Deadlines.NONE
        : Math.max(0, allowedMillis - x.ageMillis());
  }

  @Override
  public @Nullable Hedge hedge() {
    return hedge;
  }

  @Override
  public void requestHead(MultiMap to) {
    copy.request(
        x.requestHeaders(),
        to,
        HopHeaders.extraTokens(x.connectionHeader()),
        x.connection().trusted());
    ForwardedHeaders.write(x, to);
    if (tunnels != null) {
      to.set(HttpHeaders.CONNECTION, "Upgrade").set(HttpHeaders.UPGRADE, Tunnels.PROTOCOL);
    }
  }

  @Override
  public @Nullable ReadStream<Buffer> requestBody() {
    return x.bodyStream();
  }

  @Override
  public @Nullable MultiMap requestTrailers() {
    return Trailers.ofRequest(x.requestTrailers(), HopHeaders.extraTokens(x.connectionHeader()));
  }

  @Override
  public void bodyWanted() {
    x.bodyWanted();
  }

  @Override
  public boolean takesTrailers() {
    return HeaderLists.has(x.requestHeaders(), HttpHeaderNames.TE, "trailers");
  }

  @Override
  public boolean switching() {
    return tunnels != null;
  }

  @Override
  public void switched(MultiMap headers, NetSocket socket, Runnable over) {
    Tunnels all = tunnels;
    if (all == null || x.ended()) {
      socket.close();
      over.run();
      return;
    }
    copy.response(headers, x.responseHeaders(), connectionTokens(headers));
    all.open(x, route.config(), new Tunnels.Far(socket, over));
  }

  @Override
  public void responseInterim(int status, MultiMap headers) {
    if (!x.ended() && !x.headWritten()) {
      MultiMap passed = HttpHeaders.headers();
      copy.response(headers, passed, connectionTokens(headers));
      x.interim(status, passed);
    }
  }

  @Override
  public boolean responseHead(int status, MultiMap headers) {
    if (x.ended()) {
      return false;
    }
    MultiMap passed = x.responseHeaders();
    copy.response(headers, passed, connectionTokens(headers));
    if (status != 204 && status != 304 && !passed.contains(HttpHeaders.CONTENT_LENGTH)) {
      x.endless();
    }
    try {
      x.beginHead(status);
      return true;
    } catch (RuntimeException e) {
      x.fail(e);
      return false;
    }
  }

  /** The Connection header may come in several lines. */
  private static @Nullable String connectionTokens(MultiMap headers) {
    if (!headers.contains(HttpHeaders.CONNECTION)) {
      return null;
    }
    List<String> lines = headers.getAll(HttpHeaders.CONNECTION);
    return HopHeaders.extraTokens(lines.size() == 1 ? lines.get(0) : String.join(",", lines));
  }

  @Override
  public void responseData(Buffer data) {
    if (!x.ended()) {
      try {
        x.write(data);
      } catch (RuntimeException e) {
        x.fail(e);
      }
    }
  }

  @Override
  public void responseFlush() {
    if (!x.ended()) {
      x.flushHead();
    }
  }

  @Override
  public boolean responseFull() {
    return !x.ended() && x.full();
  }

  @Override
  public void onDrain(Runnable resume) {
    x.onDrain(resume);
  }

  @Override
  public void responseEnd(@Nullable Buffer last, @Nullable MultiMap trailers) {
    if (!x.ended()) {
      try {
        end(last, trailers);
      } catch (RuntimeException e) {
        x.fail(e);
      }
    }
  }

  private void end(@Nullable Buffer last, @Nullable MultiMap trailers) {
    if (trailers != null && !trailers.isEmpty()) {
      trailers.forEach(
          (name, value) -> {
            if (Trailers.pass(name)) {
              x.trailers().add(name, value);
            }
          });
    }
    x.end(last);
  }

  @Override
  public void failed(Failed failure) {
    if (x.headWritten()) {
      x.abort("upstream-broken");
    } else {
      x.responseHeaders().clear();
      if (failure.problem() == Problem.CIRCUIT_OPEN) {
        circuitOpen(failure.detail(), 1, null);
        return;
      }
      x.answer(new Reply.Refusal(failure.problem(), failure.detail(), failure.outcome()));
    }
  }

  @Override
  public void circuitOpen(String detail, long retryAfter, @Nullable Fallback ofUpstream) {
    Fallback ofRoute = route.config().fallback();
    Fallback fallback = ofRoute == null ? ofUpstream : ofRoute;
    MultiMap headers = x.responseHeaders();
    if (fallback == null) {
      headers.set(HttpHeaderNames.RETRY_AFTER, Long.toString(retryAfter));
      x.answer(new Reply.Refusal(Problem.CIRCUIT_OPEN, detail, Outcome.NEVER_SENT));
    } else {
      fallback.headers().forEach(headers::set);
      x.answer(
          new Reply.Content(
              fallback.status(), fallback.contentType(), Buffer.buffer(fallback.body())));
    }
  }

  @Override
  public void onGone(Runnable cancel) {
    x.onGone(cancel);
  }
}
