package dev.tidegate.market.owner;

import dev.tidegate.bus.Listing;
import dev.tidegate.market.book.ChannelLongs;
import java.util.function.Supplier;

/**
 * What all replicas of a node go by. Durations are milliseconds.
 *
 * @param shards how many there are
 * @param heartbeat how often an owner says that it lives
 * @param silence how long an owner may be silent before another node takes over
 * @param settle how long a starting node listens before it claims shards
 * @param staleAfter how long each channel of a symbol may be silent, 0 for as long as it likes
 * @param listing whose the symbols are that several shards list
 * @param epochs names a new numbering, unlike any other
 */
public record ReplicaSettings(
    int shards,
    long heartbeat,
    long silence,
    long settle,
    ChannelLongs staleAfter,
    Listing listing,
    Supplier<String> epochs) {}
