package dev.tidegate.stream;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;

/** The event loop of a verticle's context. */
public final class NettyLoop implements Loop {
  private final EventLoop loop;

  public NettyLoop(EventLoop loop) {
    this.loop = loop;
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public long millis() {
    return System.currentTimeMillis();
  }

  @Override
  public void execute(Runnable task) {
    loop.execute(task);
  }

  @Override
  public void schedule(Runnable task, long delayNanos) {
    loop.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
  }
}
