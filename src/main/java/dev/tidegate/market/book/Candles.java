package dev.tidegate.market.book;

import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Candle;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Interval;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.bus.Markets.Update;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bars of one symbol, built from its trades by their own time. A bar closes with the first
 * trade of a later one; a trade for a bar that is already closed changes none.
 */
public final class Candles {
  private static final Interval[] INTERVALS = Interval.values();
  private static final int MAX_TEXT = 40;

  private final UpdateRing[] closed = new UpdateRing[INTERVALS.length];
  private final @Nullable Update[] open = new Update[INTERVALS.length];

  Candles(int kept) {
    for (int i = 0; i < closed.length; i++) {
      closed[i] = new UpdateRing(kept);
    }
  }

  /** What the trade changes, without changing anything yet. */
  void derive(Trade trade, long time, List<Event> out) {
    for (int i = 0; i < INTERVALS.length; i++) {
      Candle bar = bar(i);
      long start = Math.floorDiv(time, INTERVALS[i].micros()) * INTERVALS[i].micros();
      if (bar == null || start > bar.start()) {
        if (bar != null) {
          out.add(with(bar, bar.high(), bar.low(), bar.close(), bar.volume(), bar.trades(), true));
        }
        Decimal price = trade.price();
        out.add(
            new Candle(
                INTERVALS[i].text(), start, price, price, price, price, trade.size(), 1, false));
      } else if (start == bar.start()) {
        out.add(merged(bar, trade));
      }
    }
  }

  /** Takes an update of the channel in. */
  void absorb(Update update, Candle bar) {
    for (int i = 0; i < INTERVALS.length; i++) {
      if (INTERVALS[i].text().equals(bar.interval())) {
        open[i] = update;
        if (bar.closed()) {
          closed[i].add(update, 0);
        }
      }
    }
  }

  /** The closed bars and the present one of each interval. */
  void copyTo(List<Update> out) {
    for (int i = 0; i < INTERVALS.length; i++) {
      closed[i].copyTo(out);
      Update present = open[i];
      Candle bar = bar(i);
      if (present != null && bar != null && !bar.closed()) {
        out.add(present);
      }
    }
  }

  private @Nullable Candle bar(int interval) {
    Update update = open[interval];
    return update != null && update.event() instanceof Candle bar ? bar : null;
  }

  private static Candle merged(Candle bar, Trade trade) {
    Decimal price = trade.price();
    return with(
        bar,
        price.compareTo(bar.high()) > 0 ? price : bar.high(),
        price.compareTo(bar.low()) < 0 ? price : bar.low(),
        price,
        sum(bar.volume(), trade.size()),
        bar.trades() + 1,
        false);
  }

  private static Candle with(
      Candle bar,
      Decimal high,
      Decimal low,
      Decimal close,
      Decimal volume,
      long trades,
      boolean closed) {
    return new Candle(
        bar.interval(), bar.start(), bar.open(), high, low, close, volume, trades, closed);
  }

  /** Exact, unless the text would outgrow what a decimal may have: then its last digits go. */
  static Decimal sum(Decimal a, Decimal b) {
    BigDecimal sum = a.toBigDecimal().add(b.toBigDecimal());
    int whole = Math.max(1, sum.precision() - sum.scale());
    if (whole + sum.scale() + 2 > MAX_TEXT) {
      sum = sum.setScale(Math.max(0, MAX_TEXT - 2 - whole), RoundingMode.DOWN);
    }
    return Decimal.of(sum.toPlainString());
  }
}
