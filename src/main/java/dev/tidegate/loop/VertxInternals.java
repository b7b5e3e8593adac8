package dev.tidegate.loop;

import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.cluster.ClusterManager;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whatever reaches below Vert.x's API for event loops, contexts and the cluster, each assumption in
 * one method: an upgrade that breaks one is mended here.
 */
public final class VertxInternals {
  private VertxInternals() {}

  /** All event loops, in the order in which they are handed out. */
  public static List<EventLoop> eventLoops(Vertx vertx) {
    List<EventLoop> loops = new ArrayList<>();
    ((VertxInternal) vertx).nettyEventLoopGroup().forEach(e -> loops.add((EventLoop) e));
    return loops;
  }

  /** What is deployed next gets the loop: they are handed out in turn, so we take those before. */
  public static void nextIs(Vertx vertx, EventLoop wanted) {
    vertx.getOrCreateContext(); // a thread's first call takes a loop for itself
    List<EventLoop> loops = eventLoops(vertx);
    EventLoop before = loops.get((loops.indexOf(wanted) + loops.size() - 1) % loops.size());
    for (int i = 0; i < loops.size() && loops.size() > 1; i++) {
      if (((VertxInternal) vertx).nettyEventLoopGroup().next().equals(before)) {
        return;
      }
    }
  }

  /** Null when there is no cluster. */
  public static @Nullable ClusterManager clusterManager(Vertx vertx) {
    return ((VertxInternal) vertx).clusterManager();
  }

  static EventLoop eventLoop(Context context) {
    return ((ContextInternal) context).nettyEventLoop();
  }

  /** Runs the task as the context's own, on its loop, so that what it asks is answered there. */
  static void dispatch(Context context, Runnable task) {
    ContextInternal own = (ContextInternal) context;
    ContextInternal before = own.beginDispatch();
    try {
      task.run();
    } finally {
      own.endDispatch(before);
    }
  }

  /** When the verticle of the context is undeployed. */
  static void whenClosed(Context context, Runnable task) {
    ((ContextInternal) context)
        .closeFuture()
        .add(
            closed -> {
              task.run();
              closed.succeed();
            });
  }
}
