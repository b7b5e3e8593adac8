package dev.tidegate.market.owner;

import org.jspecify.annotations.Nullable;

/** Who owns a shard. The term rises with every change of owner; the epoch names the numbering. */
public record Claim(String node, long term, String epoch) {
  /** As it stands in the cluster's map. */
  String text() {
    return term + " " + epoch + " " + node;
  }

  /** Of two owners under one term the one that comes first by name is followed. */
  boolean outranks(Claim other) {
    return term > other.term || (term == other.term && node.compareTo(other.node) < 0);
  }

  static @Nullable Claim of(@Nullable String text) {
    if (text == null) {
      return null;
    }
    String[] parts = text.split(" ", 3);
    return new Claim(parts[2], Long.parseLong(parts[0]), parts[1]);
  }
}
