package dev.tidegate.rest;

import io.vertx.core.Handler;
import java.util.function.BiFunction;
import java.util.function.LongConsumer;

/** One-shot timers of an event loop. */
public final class Timers {
  private final BiFunction<Long, Handler<Long>, Long> start;
  private final LongConsumer cancel;

  public Timers(BiFunction<Long, Handler<Long>, Long> start, LongConsumer cancel) {
    this.start = start;
    this.cancel = cancel;
  }

  /** Runs the action after so many milliseconds; the answer cancels it. */
  Runnable after(long millis, Runnable action) {
    long id = start.apply(Math.max(1, millis), i -> action.run());
    return () -> cancel.accept(id);
  }
}
