package dev.tidegate.loop;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The event loop of a Vert.x context. Straight to Netty's timers, which count in nanoseconds. */
final class VertxLoop implements Loop {
  private final Context context;
  private final EventLoop netty;
  private final Pulse pulse;
  private final Standstill standstill = new Standstill(System.nanoTime());
  private final Set<Future<?>> repeating = ConcurrentHashMap.newKeySet();

  VertxLoop(Context context, Pulse pulse) {
    this.context = context;
    this.netty = VertxInternals.eventLoop(context);
    this.pulse = pulse;
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public long awakeSince() {
    return standstill.awakeSince(System.nanoTime());
  }

  @Override
  public long millis() {
    return System.currentTimeMillis();
  }

  @Override
  public void execute(Runnable task) {
    netty.execute(() -> run(task));
  }

  @Override
  public Timer after(long nanos, Runnable task) {
    Future<?> timer = netty.schedule(() -> run(task), nanos, TimeUnit.NANOSECONDS);
    return () -> timer.cancel(false);
  }

  @Override
  public Timer every(Duration pause, Runnable task) {
    long nanos = pause.toNanos();
    Future<?> timer =
        netty.scheduleWithFixedDelay(() -> run(task), nanos, nanos, TimeUnit.NANOSECONDS);
    repeating.add(timer);
    return () -> {
      timer.cancel(false);
      repeating.remove(timer);
    };
  }

  /** Ends what repeats: the verticle has been undeployed. */
  void close() {
    repeating.forEach(timer -> timer.cancel(false));
    repeating.clear();
  }

  @Override
  public void failed(String what, Throwable why) {
    pulse.failed(what, why);
  }

  /** On the verticle's context, so that what the task asks of Vert.x is answered there. */
  @SuppressWarnings("CatchThrowable") // an OutOfMemoryError of a buffer is no exception
  private void run(Runnable task) {
    try {
      VertxInternals.dispatch(context, task);
    } catch (Throwable e) {
      failed("a task", e);
    }
  }
}
