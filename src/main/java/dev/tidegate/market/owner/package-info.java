/**
 * Which node speaks for a shard. A {@link dev.tidegate.market.owner.ShardReplica} follows the
 * shard's owner and takes over when that is gone; the {@link dev.tidegate.market.owner.Owner} reads
 * the feed and publishes. {@link dev.tidegate.market.owner.Peers} are the other nodes.
 */
@NullMarked
package dev.tidegate.market.owner;

import org.jspecify.annotations.NullMarked;
