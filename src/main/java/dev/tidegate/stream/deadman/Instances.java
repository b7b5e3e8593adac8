package dev.tidegate.stream.deadman;

import java.util.HashMap;
import java.util.Map;

/**
 * The instances of a node that share its {@link Roster}, and which of them turns it: one and the
 * same, until it leaves or is late because its event loop stands still. The roster lends its lock.
 */
public final class Instances {
  /** Well before the other nodes take this one for gone. */
  static final long LATE = 2 * Roster.BEAT;

  private final Map<Integer, Long> turnedAt = new HashMap<>();
  private int leader = -1;

  void join(int instance, long now) {
    turnedAt.put(instance, now);
  }

  /** Whether it was the last one. */
  boolean leave(int instance) {
    return turnedAt.remove(instance) != null && turnedAt.isEmpty();
  }

  boolean leads(int instance) {
    return leader == instance && turnedAt.containsKey(instance);
  }

  /**
   * The instance is alive, and takes the lead when nobody has it.
   *
   * @return whether it takes it from one that is late, which leaves unheard what is on its way to
   *     that one
   */
  boolean takesOver(int instance, long now) {
    if (turnedAt.replace(instance, now) == null || leader == instance) {
      return false;
    }
    Long last = turnedAt.get(leader);
    boolean late = last != null && now - last > LATE;
    leader = last == null || late ? instance : leader;
    return late;
  }

  /** One of them stands still: if its event loop is the bus's too, the node is deaf. */
  boolean limps(long now) {
    for (long last : turnedAt.values()) {
      if (now - last > LATE) {
        return true;
      }
    }
    return false;
  }
}
