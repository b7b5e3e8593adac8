package dev.tidegate.command;

import io.vertx.core.Context;
import java.util.function.LongSupplier;

/** What a verticle lends to plain classes: its event loop, a timer on it, and the time. */
public record Loop(Context context, Timer timer, LongSupplier clock) {
  /** Runs a task on the loop after a while. */
  @FunctionalInterface
  public interface Timer {
    void after(long millis, Runnable task);
  }

  /** Milliseconds since the epoch. */
  public long now() {
    return clock.getAsLong();
  }

  public void after(long millis, Runnable task) {
    timer.after(millis, task);
  }
}
