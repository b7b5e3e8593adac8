package dev.tidegate.ingress.forward;

import dev.tidegate.ingress.exchange.HttpExchange;
import dev.tidegate.ingress.forward.OpenCounts.Caller;
import dev.tidegate.loop.Loop;
import dev.tidegate.policy.Reply;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import dev.tidegate.route.RouteConfig;
import dev.tidegate.route.RouteConfig.WebSockets;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.net.NetSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The WebSockets to upstreams that are open on one event loop, and who may open one. */
public final class Tunnels {
  static final CharSequence PROTOCOL = HttpHeaders.createOptimized("websocket");

  private final Set<Tunnel> open = new HashSet<>();
  private final TunnelCounts counts;
  private final BooleanSupplier draining;
  private final Loop loop;

  /** The upstream's end of one, and what is run when it is over. */
  record Far(NetSocket socket, Runnable over) {}

  public Tunnels(TunnelCounts counts, BooleanSupplier draining, Loop loop) {
    this.counts = counts;
    this.draining = draining;
    this.loop = loop;
  }

  /** Whether the upstream may be asked for one; else the exchange has been answered. */
  boolean admits(HttpExchange x, RouteConfig route) {
    WebSockets limits = route.websocket();
    if (limits == null) {
      x.refuse(Problem.BAD_REQUEST, "Upgrade: this route takes no WebSockets");
    } else if (x.bodyStream() != null) {
      x.refuse(Problem.BAD_REQUEST, "a WebSocket's request has no body");
    } else if (draining.getAsBoolean()) {
      refuse(x, Problem.DRAINING, "connect again, to another node");
    } else if (counts.ofRoute(route.id()) >= limits.maxConnections()
        || counts.ofCaller(Caller.of(x, route.id())) >= limits.maxPerConsumer()) {
      full(x, limits);
    } else {
      return true;
    }
    return false;
  }

  private static void full(HttpExchange x, WebSockets limits) {
    refuse(
        x,
        Problem.TOO_MANY_CONNECTIONS,
        "the route takes "
            + limits.maxConnections()
            + " WebSockets, and "
            + limits.maxPerConsumer()
            + " of one caller");
  }

  private static void refuse(HttpExchange x, Problem problem, String detail) {
    x.answer(new Reply.Refusal(problem, detail, Outcome.NEVER_SENT));
  }

  /** The upstream has agreed: tells the caller, and moves what comes from either. */
  void open(HttpExchange x, RouteConfig route, Far far) {
    WebSockets limits = route.websocket();
    Caller caller = Caller.of(x, route.id());
    if (limits == null
        || !counts.tryTake(caller, limits.maxConnections(), limits.maxPerConsumer())) {
      far.socket().close();
      far.over().run();
      if (limits != null) {
        x.responseHeaders().clear();
        full(x, limits);
      }
      return;
    }
    Tunnel tunnel =
        new Tunnel(
            x, limits, far.socket(), counts.meters(route.id()), loop, cause -> over(caller, cause));
    open.add(tunnel);
    tunnel.onOver(
        () -> {
          open.remove(tunnel);
          far.over().run();
        });
    x.onGone(() -> tunnel.close(Ending.of(x.cause())));
    x.switchProtocols(PROTOCOL)
        .onComplete(x.then(tunnel::start), e -> tunnel.close(Ending.CALLER_GONE));
  }

  private void over(Caller caller, String cause) {
    counts.giveBack(caller);
    counts.closed(caller.route(), cause);
  }

  /** Ends those that have been silent or open for too long; called some times a second. */
  public void sweep() {
    if (!open.isEmpty()) {
      List.copyOf(open).forEach(Tunnel::sweep);
    }
  }

  /** The node is leaving. */
  public void drain() {
    List.copyOf(open).forEach(tunnel -> tunnel.close(Ending.DRAINING));
  }

  /** Why one ends, and what its ends are told if they can be (RFC 6455 7.4.1). */
  enum Ending {
    CALLER_GONE("caller", 0),
    UPSTREAM_GONE("upstream", 0),
    IDLE("idle", 1001),
    LIFETIME("lifetime", 1001),
    DRAINING("draining", 1001),
    BANNED("banned", 1008);

    final String cause;
    final int code;

    Ending(String cause, int code) {
      this.cause = cause;
      this.code = code;
    }

    static Ending of(@Nullable String cause) {
      return "banned".equals(cause) || "revoked".equals(cause) ? BANNED : CALLER_GONE;
    }
  }
}
