package dev.tidegate.market.owner;

import dev.tidegate.bus.Markets.Present;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The nodes that run MARKET: heard of lately, and still in the cluster's membership. A node that
 * freezes falls silent long before the membership drops it; one that dies is often dropped first.
 */
public final class Members {
  private record Seen(String member, long at) {}

  private final long silence;
  private final LongSupplier clock;
  private final Membership membership;
  private final Map<String, Seen> others = new HashMap<>();

  /**
   * Nobody is known yet.
   *
   * @param clock milliseconds in which this node turned: who was silent while it stood still itself
   *     is not gone
   */
  public Members(Membership membership, long silence, LongSupplier clock) {
    this.silence = silence;
    this.clock = clock;
    this.membership = membership;
  }

  void hear(Present present) {
    if (present.node().equals(membership.node())) {
      return;
    }
    if (present.leaving()) {
      others.remove(present.node());
    } else {
      others.put(present.node(), new Seen(present.member(), clock.getAsLong()));
    }
  }

  /** This node is always one. */
  Collection<String> alive() {
    long now = clock.getAsLong();
    others.values().removeIf(s -> now - s.at() > silence || !membership.has(s.member()));
    List<String> alive = new ArrayList<>(others.keySet());
    alive.add(membership.node());
    return alive;
  }
}
