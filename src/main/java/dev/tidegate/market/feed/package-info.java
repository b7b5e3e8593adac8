/**
 * Where records come from: the feed topic, a socket, a recorded stream, a simulator. A {@link
 * dev.tidegate.market.feed.Feed} gives the records of a shard in order; those that have threads
 * hand them over to the event loop through a {@link dev.tidegate.market.feed.Pump}.
 */
@NullMarked
package dev.tidegate.market.feed;

import org.jspecify.annotations.NullMarked;
