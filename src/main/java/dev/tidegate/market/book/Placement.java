package dev.tidegate.market.book;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Which shard a symbol belongs to where no partition says it, and who comes first for a shard:
 * rendezvous hashing, so that a member that leaves moves its own shards only.
 */
public final class Placement {
  private Placement() {}

  public static int shard(String symbol, int shards) {
    return (int) Long.remainderUnsigned(mix(symbol.hashCode()), shards);
  }

  /** The place of the member in the shard's order, 0 for the first. */
  public static <M extends Comparable<M>> int rank(int shard, M member, Collection<M> members) {
    List<M> order = new ArrayList<>(members);
    order.sort(Comparator.<M>comparingLong(m -> weight(shard, m)).reversed().thenComparing(m -> m));
    int place = order.indexOf(member);
    return place < 0 ? order.size() : place;
  }

  private static long weight(int shard, Object member) {
    return mix(mix(member.hashCode()) + shard);
  }

  /** The finalizer of SplitMix64. */
  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
