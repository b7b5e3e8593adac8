package dev.tidegate.market.feed;

import java.util.concurrent.locks.LockSupport;

/** Lets a thread of a feed wait until what it has is due. */
public final class Pace {
  private Pace() {}

  /** Whether the time has come, by {@link System#nanoTime}. */
  static boolean isDue(long nanos) {
    return nanos - System.nanoTime() <= 0;
  }

  /** Returns when the time has come, by {@link System#nanoTime}, within tens of microseconds. */
  public static void until(long nanos) throws InterruptedException {
    for (long wait = nanos - System.nanoTime(); wait > 0; wait = nanos - System.nanoTime()) {
      LockSupport.parkNanos(wait);
      if (Thread.interrupted()) {
        throw new InterruptedException("stopped");
      }
    }
  }
}
