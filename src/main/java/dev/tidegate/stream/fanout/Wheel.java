package dev.tidegate.stream.fanout;

import dev.tidegate.loop.Loop;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** The one timer of an event loop: things that are due, in slots of a millisecond. */
public final class Wheel {
  private static final int SLOTS = 1024;
  private static final long GRAIN = 1_000_000;

  private final Loop loop;
  private final List<List<Timed>> slots = new ArrayList<>(SLOTS);
  private final BitSet filled = new BitSet(SLOTS);
  private long reached;
  private long armedFor = Long.MAX_VALUE;

  /** Something that may be in the wheel once at a time. */
  public interface Timed {
    long dueAt();

    void due();
  }

  Wheel(Loop loop) {
    this.loop = loop;
    this.reached = loop.nanos() / GRAIN;
    for (int i = 0; i < SLOTS; i++) {
      slots.add(new ArrayList<>(0));
    }
  }

  public void add(Timed item) {
    long tick = slotted(item);
    if (tick < armedFor) {
      arm(tick);
    }
  }

  private long slotted(Timed item) {
    long tick = item.dueAt() / GRAIN + 1;
    long within = Math.max(reached + 1, Math.min(tick, reached + SLOTS - 1));
    int slot = (int) (within & (SLOTS - 1));
    slots.get(slot).add(item);
    filled.set(slot);
    return within;
  }

  private void arm(long tick) {
    loop.after(Math.max(0, tick * GRAIN - loop.nanos()), () -> turn(tick));
    armedFor = tick;
  }

  private void turn(long armed) {
    if (armed != armedFor) {
      return; // an earlier timer has taken over
    }
    armedFor = Long.MAX_VALUE;
    long now = loop.nanos();
    long to = Math.min(now / GRAIN, reached + SLOTS - 1);
    try {
      while (reached < to) {
        int slot = (int) (++reached & (SLOTS - 1));
        if (filled.get(slot)) {
          empty(slot, now);
        }
      }
    } finally {
      rearm();
    }
  }

  /** What fails stays, and its turn comes again when the wheel has gone round, in a second. */
  @SuppressWarnings("CatchThrowable") // there may be no memory to queue it
  private void empty(int slot, long now) {
    List<Timed> items = slots.get(slot);
    int kept = 0;
    for (int i = 0; i < items.size(); i++) {
      Timed item = items.get(i);
      try {
        if (item.dueAt() > now) {
          slotted(item);
        } else {
          item.due();
        }
      } catch (Throwable e) {
        loop.failed("a window", e);
        items.set(kept++, item);
      }
    }
    if (kept == 0) {
      items.clear();
      filled.clear(slot);
    } else {
      items.subList(kept, items.size()).clear();
    }
  }

  private void rearm() {
    if (filled.isEmpty()) {
      return;
    }
    int from = (int) ((reached + 1) & (SLOTS - 1));
    int slot = filled.nextSetBit(from);
    long distance = slot >= 0 ? slot - from : filled.nextSetBit(0) + SLOTS - from;
    arm(Math.min(armedFor, reached + 1 + distance));
  }
}
