package dev.tidegate.market.owner;

import java.util.Collection;
import java.util.function.Supplier;

/**
 * The cluster as its manager sees it.
 *
 * @param self how this node is called there; empty when there is no cluster
 * @param members everybody who is in it now
 */
public record Membership(String self, Supplier<? extends Collection<String>> members) {
  /** Whether there are other nodes at all. */
  public boolean clustered() {
    return !self.isEmpty();
  }

  boolean has(String member) {
    return !clustered() || members.get().contains(member);
  }
}
