package dev.tidegate.stream.topic;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The latest entries of one topic, oldest first, bounded by count and age. It grows to its bound
 * only when there is that much to keep.
 */
public final class Ring {
  private final int max;
  private @Nullable Entry[] slots = new Entry[4];
  private int head;
  private int size;
  private long floor;

  Ring(int max) {
    this.max = max;
  }

  public int size() {
    return size;
  }

  public Entry at(int index) {
    return java.util.Objects.requireNonNull(slots[(head + index) & (slots.length - 1)]);
  }

  void add(Entry entry) {
    if (size == max) {
      dropOldest();
    } else if (size == slots.length) {
      grow();
    }
    slots[(head + size++) & (slots.length - 1)] = entry;
  }

  boolean full() {
    return size == max;
  }

  /** The last entry is said again by this one. */
  void replaceLast(Entry entry) {
    slots[(head + size - 1) & (slots.length - 1)] = entry;
  }

  /** Whether everything after the version is still here. */
  public boolean covers(long version) {
    return version >= floor;
  }

  /** The index of the first entry after the version; the size when there is none. */
  public int after(long version) {
    int index = size;
    int steps = 0;
    while (index > 0 && at(index - 1).version > version) {
      index--;
      if (++steps == 16) {
        return search(version, index);
      }
    }
    return index;
  }

  /**
   * The index of the first entry that follows the sequence, or -1 when what follows it is not here.
   */
  public int afterSeq(long seq) {
    for (int i = size - 1; i >= 0; i--) {
      Entry entry = at(i);
      if (entry.event == null || entry.seq < seq) {
        return -1;
      }
      if (entry.seq == seq) {
        return i + 1;
      }
      if (entry.prevSeq <= seq) {
        return i;
      }
    }
    return -1;
  }

  /** Drops what arrived before the time. */
  void expireBefore(long time) {
    while (size > 1 && oldestArrival() < time) {
      dropOldest();
    }
  }

  /** A break has no age of its own: it stays as long as what comes after it. */
  private long oldestArrival() {
    return at(0).event == null ? at(1).arrived : at(0).arrived;
  }

  /** Forgets everything; whoever comes from before begins with what is added next. */
  void clear() {
    Arrays.fill(slots, null);
    head = 0;
    size = 0;
    floor = 0;
  }

  private int search(long version, int below) {
    int low = 0;
    int high = below;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (at(middle).version > version) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private void dropOldest() {
    floor = at(0).version;
    slots[head] = null;
    head = (head + 1) & (slots.length - 1);
    size--;
  }

  private void grow() {
    @Nullable Entry[] wider = new Entry[slots.length * 2];
    for (int i = 0; i < size; i++) {
      wider[i] = at(i);
    }
    slots = wider;
    head = 0;
  }
}
