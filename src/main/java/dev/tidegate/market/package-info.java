/**
 * Feeds become books, and books become numbered updates. A tick walks through the rooms from {@code
 * feed}, which has threads of its own, by {@code record}, what a source says in whatever form, to
 * {@code owner}, which keeps one shard on one node and decides which node speaks for it, and to
 * {@code book}, which turns records into updates as a function of the records alone. {@link
 * dev.tidegate.market.ShardHolder} holds the shards of one instance. Everything but feeds is called
 * from one event loop.
 */
@NullMarked
package dev.tidegate.market;

import org.jspecify.annotations.NullMarked;
