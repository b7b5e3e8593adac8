/**
 * Feeds become books, and books become numbered updates. A {@link dev.tidegate.market.Feed} gives
 * the records of a shard in order; {@link dev.tidegate.market.Shard} turns them into updates, as a
 * function of the records alone; {@link dev.tidegate.market.Replica} keeps one shard on one node
 * and decides who owns it; {@link dev.tidegate.market.Desk} holds the replicas of one instance.
 * Everything is called from one event loop; only feeds have threads of their own.
 */
@NullMarked
package dev.tidegate.market;

import org.jspecify.annotations.NullMarked;
