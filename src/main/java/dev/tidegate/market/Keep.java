package dev.tidegate.market;

import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import dev.tidegate.market.book.ShardBounds;
import java.time.Duration;

/**
 * What is kept for those who missed something, and what a feed may make us hold.
 *
 * @param trades kept per symbol
 * @param deltas book changes kept per symbol
 * @param candles closed bars kept per symbol and interval
 * @param age how long trades and book changes are kept
 * @param updates kept per shard for a missed batch
 * @param reply updates in one answer
 * @param levels of one side of a book; the worst prices go first
 * @param symbols of one shard
 */
public record Keep(
    @Default("20000") int trades,
    @Default("5000") int deltas,
    @Default("300") int candles,
    @Default("5m") Duration age,
    @Default("65536") int updates,
    @Default("5000") int reply,
    @Default("100000") int levels,
    @Default("10000") int symbols) {

  public Keep {
    Check.within("trades", trades, 1, 10_000_000);
    Check.within("deltas", deltas, 1, 1_000_000);
    Check.within("candles", candles, 1, 100_000);
    Check.positive("age", age);
    Check.within("updates", updates, 10_000, 10_000_000);
    Check.within("reply", reply, 2_000, 100_000);
    Check.within("levels", levels, 1, 1_000_000);
    Check.within("symbols", symbols, 1, 1_000_000);
  }

  ShardBounds bounds() {
    return new ShardBounds(
        trades, deltas, candles, age.toMillis(), updates, reply, levels, symbols);
  }
}
