package dev.tidegate.ingress.forward;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Upstreams;
import dev.tidegate.bus.Upstreams.Answered;
import dev.tidegate.bus.Upstreams.Call;
import dev.tidegate.bus.Upstreams.Failed;
import dev.tidegate.bus.Upstreams.Forward;
import dev.tidegate.bus.Upstreams.Forwarded;
import dev.tidegate.bus.Upstreams.Header;
import dev.tidegate.ingress.exchange.HttpExchange;
import dev.tidegate.policy.Reply;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import dev.tidegate.route.Route;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageProducer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Hands an exchange to UPSTREAM: live to the instance of this event loop, else whole to another one
 * of this JVM, else whole to another node.
 */
public final class Proxy {
  /** What travelling whole may take on top of the upstream's own time. */
  private static final Duration MARGIN = Duration.ofSeconds(2);

  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

  private final Bus bus;
  private final MessageProducer<Call> here;
  private final Tunnels tunnels;
  private final HeadCopy copy = new HeadCopy();

  /** Prefers {@code here}, which reaches the UPSTREAM of the calling event loop. */
  public Proxy(Bus bus, MessageProducer<Call> here, Tunnels tunnels) {
    this.bus = bus;
    this.here = here;
    this.tunnels = tunnels;
  }

  /** Lets the exchange be answered by the upstream of its route. */
  public void forward(HttpExchange x, Route route) {
    if (x.asksForWebSocket()) {
      webSocket(x, route);
      return;
    }
    ProxyCall call = new ProxyCall(x, route, copy, null);
    if (call.times().stream()) {
      x.takesItsTime();
      here.write(call).onFailure(e -> nobodyHere(x, "streams"));
      return;
    }
    Future<Void> sent = here.write(call);
    if (!sent.succeeded()) {
      sent.onFailure(e -> x.body(body -> whole(x, call, body)));
    }
  }

  private void webSocket(HttpExchange x, Route route) {
    if (!tunnels.admits(x, route.config())) {
      return;
    }
    here.write(new ProxyCall(x, route, copy, tunnels)).onFailure(e -> nobodyHere(x, "WebSockets"));
  }

  private static void nobodyHere(HttpExchange x, String who) {
    x.answer(
        new Reply.Refusal(
            Problem.UNAVAILABLE,
            "no instance of UPSTREAM on this event loop, which " + who + " need",
            Outcome.NEVER_SENT));
  }

  private void whole(HttpExchange x, ProxyCall call, Buffer body) {
    List<Header> headers = new ArrayList<>();
    MultiMap head = HttpHeaders.headers();
    call.requestHead(head);
    head.remove(HttpHeaders.CONTENT_LENGTH);
    if (body.length() > 0) {
      head.set(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
    }
    head.forEach((name, value) -> headers.add(new Header(name, value)));
    Forward forward =
        new Forward(
            call.upstream(),
            call.method().name(),
            call.uri(),
            headers,
            body.getBytes(),
            call.times().answerMillis());
    Duration timeout =
        forward.timeoutMillis() > 0 ? Duration.ofMillis(forward.timeoutMillis()) : DEFAULT_TIMEOUT;
    bus.askHere(Upstreams.FORWARD, forward, Forwarded.class, timeout.plus(MARGIN))
        .recover(
            e ->
                noHandlers(e)
                    ? bus.ask(Upstreams.FORWARD, forward, Forwarded.class, timeout.plus(MARGIN))
                    : Future.failedFuture(e))
        .onComplete(x.then(answer -> answered(x, call, answer)), e -> unreachable(x, e));
  }

  private static void answered(HttpExchange x, ProxyCall call, Forwarded answer) {
    switch (answer) {
      case Failed failed -> call.failed(failed);
      case Answered answered when !x.ended() -> {
        MultiMap headers = HttpHeaders.headers();
        answered.headers().forEach(h -> headers.add(h.name(), h.value()));
        if (call.responseHead(answered.status(), headers)) {
          call.responseEnd(Buffer.buffer(answered.body()), null);
        }
      }
      case Answered gone -> {}
    }
  }

  private static void unreachable(HttpExchange x, Throwable cause) {
    if (noHandlers(cause)) {
      x.answer(
          new Reply.Refusal(
              Problem.UNAVAILABLE, "no node serves upstreams now", Outcome.NEVER_SENT));
    } else {
      x.answer(
          new Reply.Refusal(
              Problem.UPSTREAM_TIMEOUT,
              "the node that serves the upstream did not answer",
              Outcome.UNKNOWN));
    }
  }

  private static boolean noHandlers(Throwable cause) {
    return cause instanceof ReplyException refusal
        && refusal.failureType() == ReplyFailure.NO_HANDLERS;
  }
}
