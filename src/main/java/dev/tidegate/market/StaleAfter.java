package dev.tidegate.market;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import dev.tidegate.market.book.ChannelLongs;
import java.time.Duration;

/**
 * How long a channel of a symbol may be silent before its subscribers are told that it is delayed;
 * zero for as long as it likes.
 *
 * @param trades not looked at by default: a thin market may have none for hours
 * @param candles not looked at by default, like the trades that they are made of
 */
public record StaleAfter(
    @Default("5s") Duration book,
    @Default("5s") Duration ticker,
    @Default("0s") Duration trades,
    @Default("0s") Duration candles) {

  public StaleAfter {
    zeroOrSome("book", book);
    zeroOrSome("ticker", ticker);
    zeroOrSome("trades", trades);
    zeroOrSome("candles", candles);
  }

  private static void zeroOrSome(String name, Duration value) {
    Check.that(value.isZero() || value.toMillis() >= 100, name, value, "0s or at least 100ms");
  }

  /** In milliseconds; 0 for a channel that may be silent. */
  ChannelLongs millis() {
    ChannelLongs millis = new ChannelLongs();
    millis.set(Channel.BOOK, book.toMillis());
    millis.set(Channel.TICKER, ticker.toMillis());
    millis.set(Channel.TRADES, trades.toMillis());
    millis.set(Channel.CANDLES, candles.toMillis());
    return millis;
  }
}
