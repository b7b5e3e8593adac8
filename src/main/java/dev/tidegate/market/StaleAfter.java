package dev.tidegate.market;

import static dev.tidegate.market.Setting.set;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.market.book.ChannelLongs;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a channel of a symbol may be silent before its subscribers are told that it is delayed;
 * zero for as long as it likes.
 *
 * @param book 5 s by default
 * @param ticker 5 s by default
 * @param trades not looked at by default: a thin market may have none for hours
 * @param candles not looked at by default, like the trades that they are made of
 */
public record StaleAfter(
    @Nullable Duration book,
    @Nullable Duration ticker,
    @Nullable Duration trades,
    @Nullable Duration candles) {
  static final StaleAfter DEFAULT = new StaleAfter(null, null, null, null);

  public StaleAfter {
    book = checked("staleAfter.book", book, Duration.ofSeconds(5));
    ticker = checked("staleAfter.ticker", ticker, Duration.ofSeconds(5));
    trades = checked("staleAfter.trades", trades, Duration.ZERO);
    candles = checked("staleAfter.candles", candles, Duration.ZERO);
  }

  private static Duration checked(String name, @Nullable Duration value, Duration otherwise) {
    Duration duration = value == null ? otherwise : value;
    Setting.require(
        duration.isZero() || duration.toMillis() >= 100, name, duration, "0s or at least 100ms");
    return duration;
  }

  /** In milliseconds; 0 for a channel that may be silent. */
  ChannelLongs millis() {
    ChannelLongs millis = new ChannelLongs();
    millis.set(Channel.BOOK, set(book).toMillis());
    millis.set(Channel.TICKER, set(ticker).toMillis());
    millis.set(Channel.TRADES, set(trades).toMillis());
    millis.set(Channel.CANDLES, set(candles).toMillis());
    return millis;
  }
}
