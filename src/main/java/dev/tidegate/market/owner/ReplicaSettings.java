package dev.tidegate.market.owner;

import dev.tidegate.bus.Listing;
import dev.tidegate.market.book.ChannelLongs;

/**
 * What all replicas of a node go by. Durations are milliseconds.
 *
 * @param division into how many shards, of which source
 * @param heartbeat how often an owner says that it lives
 * @param silence how long an owner may be silent before another node takes over
 * @param settle how long a starting node listens before it claims shards
 * @param staleAfter how long each channel of a symbol may be silent, 0 for as long as it likes
 * @param listing whose the symbols are that several shards list
 */
public record ReplicaSettings(
    Division division,
    long heartbeat,
    long silence,
    long settle,
    ChannelLongs staleAfter,
    Listing listing) {}
