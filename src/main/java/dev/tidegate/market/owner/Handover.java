package dev.tidegate.market.owner;

import dev.tidegate.market.book.Shard;
import org.jspecify.annotations.Nullable;

/**
 * What one instance hands to the next of the same node when it gives up a shard.
 *
 * @param owning whether the node owned the shard under the claim
 * @param synced whether the shard is as its owner's was
 */
public record Handover(Shard shard, @Nullable Claim claim, boolean owning, boolean synced) {
  /** For the first instance of the node: a shard that nothing is known of. */
  public static Handover of(Shard shard) {
    return new Handover(shard, null, false, false);
  }
}
