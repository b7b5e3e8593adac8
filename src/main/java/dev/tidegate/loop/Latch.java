package dev.tidegate.loop;

import java.time.Duration;

/**
 * A task that runs once, at the end of the loop's turn, however often it was asked for. The latch
 * opens before the task runs, so that nothing it throws can leave it shut; a run that fails is made
 * up for after a pause. Belongs to one event loop.
 */
public final class Latch {
  /** After a run that failed. */
  static final Duration PAUSE = Duration.ofMillis(100);

  private final Loop loop;
  private final String name;
  private final Runnable task;
  private final Runnable turn = this::turn;
  private boolean asked;

  /**
   * A latch for the task on the loop.
   *
   * @param name what operators are told that fails
   */
  public Latch(Loop loop, String name, Runnable task) {
    this.loop = loop;
    this.name = name;
    this.task = task;
  }

  /** Sees to it that the task runs after what the loop has to do in this turn. */
  public void ask() {
    if (asked) {
      return;
    }
    loop.execute(turn);
    asked = true;
  }

  /** Whether a run is to come. */
  public boolean asked() {
    return asked;
  }

  @SuppressWarnings("CatchThrowable") // an OutOfMemoryError of a buffer is no exception
  private void turn() {
    asked = false;
    try {
      task.run();
    } catch (Throwable e) {
      loop.failed(name, e);
      loop.after(PAUSE, this::ask);
    }
  }
}
