package dev.tidegate.market;

import static dev.tidegate.market.Setting.positive;
import static dev.tidegate.market.Setting.set;
import static dev.tidegate.market.Setting.within;

import dev.tidegate.market.book.Bounds;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is kept for those who missed something, and what a feed may make us hold.
 *
 * @param trades kept per symbol, 20 000 by default
 * @param deltas book changes kept per symbol, 5 000 by default
 * @param candles closed bars kept per symbol and interval, 300 by default
 * @param age how long trades and book changes are kept, 5 min by default
 * @param updates kept per shard for a missed batch, 65 536 by default
 * @param reply updates in one answer, 5 000 by default
 * @param levels of one side of a book, 100 000 by default; the worst prices go first
 * @param symbols of one shard, 10 000 by default
 */
public record Keep(
    @Nullable Integer trades,
    @Nullable Integer deltas,
    @Nullable Integer candles,
    @Nullable Duration age,
    @Nullable Integer updates,
    @Nullable Integer reply,
    @Nullable Integer levels,
    @Nullable Integer symbols) {
  static final Keep DEFAULT = new Keep(null, null, null, null, null, null, null, null);

  public Keep {
    trades = within("keep.trades", trades, 20_000, 1, 10_000_000);
    deltas = within("keep.deltas", deltas, 5_000, 1, 1_000_000);
    candles = within("keep.candles", candles, 300, 1, 100_000);
    age = positive("keep.age", age, Duration.ofMinutes(5));
    updates = within("keep.updates", updates, 65_536, 10_000, 10_000_000);
    reply = within("keep.reply", reply, 5_000, 2_000, 100_000);
    levels = within("keep.levels", levels, 100_000, 1, 1_000_000);
    symbols = within("keep.symbols", symbols, 10_000, 1, 1_000_000);
  }

  Bounds bounds() {
    return new Bounds(
        set(trades),
        set(deltas),
        set(candles),
        set(age).toMillis(),
        set(updates),
        set(reply),
        set(levels),
        set(symbols));
  }
}
