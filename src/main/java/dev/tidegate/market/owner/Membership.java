package dev.tidegate.market.owner;

import io.vertx.core.spi.cluster.ClusterManager;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * This node, and the cluster as its manager sees it.
 *
 * @param node how this node is called in logs and metrics
 * @param self how it is called in the cluster; empty when there is none
 * @param members everybody who is in the cluster now
 */
public record Membership(String node, String self, Supplier<? extends Collection<String>> members) {
  /** Of a node that may be alone: it has no manager then. */
  public static Membership of(String node, @Nullable ClusterManager manager) {
    return manager == null
        ? new Membership(node, "", List::of)
        : new Membership(node, manager.getNodeId(), manager::getNodes);
  }

  /** Whether there may be other nodes at all. */
  public boolean clustered() {
    return !self.isEmpty();
  }

  boolean has(String member) {
    return !clustered() || members.get().contains(member);
  }
}
