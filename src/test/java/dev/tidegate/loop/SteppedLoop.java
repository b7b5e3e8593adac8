package dev.tidegate.loop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** An event loop that a test turns by hand. A failure that the test does not expect is an error. */
public final class SteppedLoop implements Loop {
  private record Due(long at, long order, Runnable task) {}

  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Due> timers =
      new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::order));
  private final List<Throwable> failures = new ArrayList<>();
  private boolean failuresExpected;
  private long now = 1_000_000_000_000L;
  private long awakeSince = now;
  private long order;

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public long awakeSince() {
    return awakeSince;
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
  public Timer after(long nanos, Runnable task) {
    Due due = new Due(now + nanos, order++, task);
    timers.add(due);
    return () -> timers.remove(due);
  }

  @Override
  public Timer every(Duration pause, Runnable task) {
    Timer[] next = new Timer[1];
    Runnable again =
        new Runnable() {
          @Override
          public void run() {
            next[0] = after(pause, this);
            task.run();
          }
        };
    next[0] = after(pause, again);
    return () -> next[0].cancel();
  }

  @Override
  public void failed(String what, Throwable why) {
    if (!failuresExpected) {
      throw new AssertionError(what + " failed", why);
    }
    failures.add(why);
  }

  /** From now on failures are kept for {@link #failures} and nothing is thrown. */
  public void expectFailures() {
    failuresExpected = true;
  }

  public List<Throwable> failures() {
    return failures;
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

  /** Stands still for so many milliseconds; what was due meanwhile happens after it. */
  public void stand(long millis) {
    now += millis * 1_000_000;
    awakeSince = now;
    advance(0);
  }

  /** Lets so many milliseconds pass, and whatever is due in them happen. */
  public void advance(long millis) {
    turn();
    long until = now + millis * 1_000_000;
    while (!timers.isEmpty() && timers.peek().at() <= until) {
      Due due = timers.remove();
      now = Math.max(now, due.at());
      due.task().run();
      turn();
    }
    now = until;
    turn();
  }
}
