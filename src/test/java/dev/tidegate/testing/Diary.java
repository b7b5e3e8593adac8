package dev.tidegate.testing;

import java.util.ArrayDeque;
import java.util.Deque;

/** The last things that happened to a client, with their time since the start. */
public final class Diary {
  private static final int KEPT = 60;

  private final long start;
  private final Deque<String> lines = new ArrayDeque<>();

  Diary(long startNanos) {
    start = startNanos;
  }

  synchronized void note(String what) {
    if (lines.size() == KEPT) {
      lines.removeFirst();
    }
    lines.addLast("  " + (System.nanoTime() - start) / 1_000_000 + " ms: " + what);
  }

  @Override
  public synchronized String toString() {
    return String.join("\n", lines);
  }
}
