package dev.tidegate.stream.shard;

/**
 * How much of a symbol can be resumed.
 *
 * @param trades how many of its trades
 * @param deltas how many updates of its book
 */
public record Kept(int trades, int deltas) {}
