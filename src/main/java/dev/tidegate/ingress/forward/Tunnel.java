package dev.tidegate.ingress.forward;

import dev.tidegate.ingress.exchange.HttpExchange;
import dev.tidegate.ingress.forward.Tunnels.Ending;
import dev.tidegate.loop.Loop;
import dev.tidegate.route.RouteConfig.WebSockets;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket between a caller and an upstream, as bytes: whoever reads more slowly sets the
 * pace, and what one side has sent before its end reaches the other. Between two frames of the
 * upstream the caller can be told why it ends. Lives on one event loop.
 */
final class Tunnel {
  private final HttpExchange x;
  private final WebSockets limits;
  private final NetSocket upstream;
  private final TunnelCounts.Meters meters;
  private final Loop loop;
  private final Consumer<String> ended;
  private final FrameEdges edges = new FrameEdges();
  private final long began;
  private long moved;
  private @Nullable NetSocket caller;
  private @Nullable Ending ending;
  private boolean over;
  private Runnable onOver = () -> {};

  Tunnel(
      HttpExchange x,
      WebSockets limits,
      NetSocket upstream,
      TunnelCounts.Meters meters,
      Loop loop,
      Consumer<String> ended) {
    this.x = x;
    this.limits = limits;
    this.upstream = upstream;
    this.meters = meters;
    this.loop = loop;
    this.ended = ended;
    this.began = loop.nanos();
    this.moved = began;
  }

  void onOver(Runnable action) {
    onOver = action;
  }

  /** The caller's end is there. */
  void start(NetSocket socket) {
    if (over) {
      socket.close();
      return;
    }
    caller = socket;
    socket.exceptionHandler(e -> {});
    upstream.exceptionHandler(e -> {});
    pipe(socket, upstream, meters.toUpstream(), data -> {});
    pipe(
        upstream,
        socket,
        meters.toCaller(),
        data -> {
          edges.passed(data);
          x.carried(data.length());
        });
    // After the last bytes that came, unlike the close handler.
    upstream.endHandler(v -> end(Ending.UPSTREAM_GONE, socket));
    socket.endHandler(v -> end(Ending.CALLER_GONE, upstream));
    socket.closeHandler(v -> callerClosed());
    upstream.resume();
  }

  private void pipe(NetSocket from, NetSocket to, Counter bytes, Consumer<Buffer> seen) {
    from.handler(
        data -> {
          moved = loop.nanos();
          bytes.increment(data.length());
          seen.accept(data);
          to.write(data);
          if (to.writeQueueFull()) {
            from.pause();
            to.drainHandler(
                v -> {
                  moved = loop.nanos();
                  from.resume();
                });
          }
        });
  }

  /** One side has nothing more to say: the other one hears it out. */
  private void end(Ending why, NetSocket other) {
    if (ending == null) {
      ending = why;
      other.end();
      if (other == upstream) {
        close(why);
      }
    }
  }

  /** What it has sent before may still wait for the upstream: its end comes after that. */
  private void callerClosed() {
    Ending known = ending;
    if (known != null) {
      close(known);
    }
  }

  void sweep() {
    long now = loop.nanos();
    if (now - moved > limits.idle().toNanos()) {
      close(Ending.IDLE);
    } else if (now - began > limits.lifetime().toNanos()) {
      close(Ending.LIFETIME);
    }
  }

  /** Ends both sides at once. */
  void close(Ending why) {
    if (over) {
      return;
    }
    over = true;
    Ending first = ending == null ? why : ending;
    upstream.end();
    NetSocket socket = caller;
    if (socket != null) {
      Buffer last = edges.close(first.code);
      if (last == null) {
        socket.end();
      } else {
        socket.end(last);
      }
    }
    x.switchedOver(first.code == 0 ? null : first.cause);
    ended.accept(first.cause);
    onOver.run();
  }
}
