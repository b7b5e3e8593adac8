package dev.tidegate.stream;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;

/** An event loop that a test turns by hand. */
public final class FakeLoop implements Loop {
  private record Timer(long at, long order, Runnable task) {}

  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timer::at).thenComparingLong(Timer::order));
  private long now = 1_000_000_000_000L;
  private long order;

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public long millis() {
    return now / 1_000_000;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public void schedule(Runnable task, long delayNanos) {
    timers.add(new Timer(now + delayNanos, order++, task));
  }

  /** Runs what is to be run now, but not what that brings. */
  public void step() {
    for (int left = tasks.size(); left > 0; left--) {
      tasks.remove().run();
    }
  }

  /** Runs what is to be run now. */
  public void turn() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** Those that have yet to fire. */
  public int timers() {
    return timers.size();
  }

  public void advance(long millis) {
    turn();
    long until = now + millis * 1_000_000;
    while (!timers.isEmpty() && timers.peek().at() <= until) {
      Timer timer = timers.remove();
      now = Math.max(now, timer.at());
      timer.task().run();
      turn();
    }
    now = until;
    turn();
  }
}
