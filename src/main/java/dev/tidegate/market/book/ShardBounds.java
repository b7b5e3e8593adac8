package dev.tidegate.market.book;

/**
 * How much of one shard is kept and what a feed may make it hold.
 *
 * @param trades kept per symbol
 * @param deltas book changes kept per symbol
 * @param candles closed bars kept per symbol and interval
 * @param ageMillis how long trades and book changes are kept
 * @param updates kept for a missed batch
 * @param reply updates in one answer
 * @param levels of one side of a book; the worst prices go first
 * @param symbols of the shard
 */
public record ShardBounds(
    int trades,
    int deltas,
    int candles,
    long ageMillis,
    int updates,
    int reply,
    int levels,
    int symbols) {}
