package dev.tidegate.market.book;

import dev.tidegate.bus.Markets.Update;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The latest updates in order, each with a mark (a time, a position). Grows to its bound only when
 * there is that much to keep.
 */
public final class UpdateRing {
  private final int bound;
  private @Nullable Update[] items = new Update[8];
  private long[] marks = new long[8];
  private int head;
  private int size;

  UpdateRing(int bound) {
    this.bound = bound;
  }

  int size() {
    return size;
  }

  Update get(int index) {
    return Objects.requireNonNull(items[slot(index)]);
  }

  long mark(int index) {
    return marks[slot(index)];
  }

  void add(Update update, long mark) {
    if (size == bound) {
      removeOldest();
    } else if (size == items.length) {
      grow();
    }
    int slot = slot(size++);
    items[slot] = update;
    marks[slot] = mark;
  }

  /** Drops what is marked lower, but keeps the last few whatever their mark. */
  void expire(long below, int floor) {
    while (size > floor && marks[head] < below) {
      removeOldest();
    }
  }

  void copyTo(List<Update> out) {
    for (int i = 0; i < size; i++) {
      out.add(get(i));
    }
  }

  void clear() {
    Arrays.fill(items, null);
    head = 0;
    size = 0;
  }

  private int slot(int index) {
    return (head + index) & (items.length - 1);
  }

  private void removeOldest() {
    items[head] = null;
    head = (head + 1) & (items.length - 1);
    size--;
  }

  private void grow() {
    @Nullable Update[] wider = new Update[items.length * 2];
    long[] widerMarks = new long[wider.length];
    for (int i = 0; i < size; i++) {
      wider[i] = items[slot(i)];
      widerMarks[i] = marks[slot(i)];
    }
    items = wider;
    marks = widerMarks;
    head = 0;
  }
}
