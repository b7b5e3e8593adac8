package dev.tidegate.market;

import dev.tidegate.market.book.Placement;
import dev.tidegate.market.owner.Handover;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Divides a node's shards among its instances, which touch it a few times a second only. A shard
 * has one holder; who gives it up leaves its state here for the next. Safe from any thread.
 */
final class NodeShards {
  private final TreeSet<Integer> alive = new TreeSet<>();
  private final Map<Integer, Integer> holders = new HashMap<>();
  private final Map<Integer, Handover> left = new HashMap<>();
  private int joined;

  synchronized int join() {
    alive.add(++joined);
    return joined;
  }

  /** Whether it was the last one. */
  synchronized boolean leave(int instance) {
    alive.remove(instance);
    if (alive.isEmpty()) {
      left.clear();
    }
    return alive.isEmpty();
  }

  /** Whether the shard should be the instance's. */
  synchronized boolean assigned(int shard, int instance) {
    return Placement.rank(shard, instance, alive) == 0;
  }

  /** Takes the shard unless another instance still holds it. */
  synchronized boolean take(int shard, int instance) {
    return holders.putIfAbsent(shard, instance) == null;
  }

  /** What the last holder left, to its new one. */
  synchronized @Nullable Handover left(int shard) {
    return left.remove(shard);
  }

  /**
   * @param state null for a shard that there is no longer
   */
  synchronized void release(int shard, @Nullable Handover state) {
    holders.remove(shard);
    if (state == null) {
      left.remove(shard);
    } else if (!alive.isEmpty()) {
      left.put(shard, state);
    }
  }
}
