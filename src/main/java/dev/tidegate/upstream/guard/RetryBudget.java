package dev.tidegate.upstream.guard;

import dev.tidegate.upstream.guard.RollingWindow.Counts;
import java.util.function.LongSupplier;

/**
 * Bounds what is sent to an upstream a second time, by what is sent to it a first time: when
 * everything fails, its load grows by that part and no more. All event loops of a node share it.
 */
public final class RetryBudget {
  private final RetryConfig config;
  private final LongSupplier nanos;

  /** Requests and, marked, retries. */
  private final RollingWindow window;

  private final double reserve;

  public RetryBudget(RetryConfig config, LongSupplier nanos) {
    this.config = config;
    this.nanos = nanos;
    this.window = new RollingWindow(config.window());
    this.reserve = config.minPerSecond() * (config.window().toNanos() / 1e9);
  }

  /** A request has come. */
  public void request() {
    window.count(nanos.getAsLong(), false);
  }

  /** Takes what one more retry costs; false when there is nothing left. */
  public boolean tryTake() {
    long now = nanos.getAsLong();
    if (left(now) < 1) {
      return false;
    }
    window.count(now, true);
    return true;
  }

  /** How many retries are left now. */
  public double left() {
    return left(nanos.getAsLong());
  }

  private double left(long now) {
    Counts counts = window.counts(now);
    long requests = counts.events() - counts.marked();
    return requests * config.budget() / 100.0 + reserve - counts.marked();
  }
}
