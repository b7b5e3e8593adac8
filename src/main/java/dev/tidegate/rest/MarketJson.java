package dev.tidegate.rest;

import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Candle;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Interval;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.bus.Numbering;
import dev.tidegate.json.JsonWriter;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Market data as documents. Decimals are strings, times microseconds. */
final class MarketJson {
  private static final int LEVEL = 32;
  private static final int ROW = 160;

  private MarketJson() {}

  static Buffer markets(Iterable<String> symbols) {
    JsonWriter json = new JsonWriter().object().array("markets");
    symbols.forEach(symbol -> json.object().field("symbol", symbol).end());
    return json.end().end().toBuffer();
  }

  /** Begins with what the stream calls the numbering of the same data. */
  private static JsonWriter head(
      SymbolState state, Channel channel, int depth, String interval, int room) {
    String symbol = state.symbol();
    return new JsonWriter(256 + room)
        .object()
        .field("symbol", symbol)
        .field("epoch", Numbering.of(state.epoch(), channel, symbol, depth, interval));
  }

  static Buffer book(SymbolState state, int depth) {
    int bids = state.book().bids().size();
    boolean whole = depth >= Math.max(bids, state.book().asks().size());
    JsonWriter json =
        head(state, Channel.BOOK, whole ? 0 : depth, "", 2 * LEVEL * Math.min(depth, bids))
            .field("seq", state.bookSeq())
            .field("time", state.bookTime());
    levels(json.array("bids"), state.book().bids(), depth);
    levels(json.array("asks"), state.book().asks(), depth);
    return json.end().toBuffer();
  }

  private static void levels(JsonWriter json, List<Level> levels, int depth) {
    for (Level level : levels.subList(0, Math.min(depth, levels.size()))) {
      json.array().value(level.price().toString()).value(level.size().toString()).end();
    }
    json.end();
  }

  /** The feed's last ticker, or what the book and the last trade tell when it gives none. */
  static Buffer ticker(SymbolState state) {
    Ticker ticker = null;
    Decimal last = null;
    long time = state.bookTime();
    for (Update update : state.recent()) {
      if (update.event() instanceof Ticker t) {
        ticker = t;
        time = update.time();
      } else if (update.event() instanceof Trade trade) {
        last = trade.price();
      }
    }
    List<Level> bids = state.book().bids();
    List<Level> asks = state.book().asks();
    Ticker shown =
        ticker != null
            ? ticker
            : new Ticker(
                top(bids, true), top(bids, false), top(asks, true), top(asks, false), last);
    return head(state, Channel.TICKER, 0, "", 0)
        .field("time", time)
        .optional("bid", text(shown.bid()))
        .optional("bidSize", text(shown.bidSize()))
        .optional("ask", text(shown.ask()))
        .optional("askSize", text(shown.askSize()))
        .optional("last", text(shown.last() == null ? last : shown.last()))
        .end()
        .toBuffer();
  }

  private static @Nullable Decimal top(List<Level> levels, boolean price) {
    return levels.isEmpty() ? null : price ? levels.get(0).price() : levels.get(0).size();
  }

  private static @Nullable String text(@Nullable Decimal value) {
    return value == null ? null : value.toString();
  }

  /** The last trades, oldest first. */
  static Buffer trades(SymbolState state, int limit) {
    Deque<Update> trades = new ArrayDeque<>();
    for (Update update : state.recent()) {
      if (update.event() instanceof Trade) {
        trades.addLast(update);
        if (trades.size() > limit) {
          trades.removeFirst();
        }
      }
    }
    JsonWriter json =
        head(state, Channel.TRADES, 0, "", ROW * trades.size())
            .field("seq", state.tradeSeq())
            .array("trades");
    for (Update update : trades) {
      if (update.event() instanceof Trade trade) {
        json.object()
            .field("seq", update.seq())
            .field("id", trade.id())
            .field("price", trade.price().toString())
            .field("size", trade.size().toString())
            .field("side", trade.side().text())
            .field("time", update.time())
            .end();
      }
    }
    return json.end().end().toBuffer();
  }

  /** The kept bars of one interval, oldest first, each in its last state. */
  static Buffer candles(SymbolState state, Interval interval) {
    TreeMap<Long, Candle> bars = new TreeMap<>();
    for (Update update : state.recent()) {
      if (update.event() instanceof Candle bar && bar.interval().equals(interval.text())) {
        bars.put(bar.start(), bar);
      }
    }
    JsonWriter json =
        head(state, Channel.CANDLES, 0, interval.text(), ROW * bars.size())
            .field("interval", interval.text())
            .array("candles");
    for (Candle bar : bars.values()) {
      json.object()
          .field("start", bar.start())
          .field("open", bar.open().toString())
          .field("high", bar.high().toString())
          .field("low", bar.low().toString())
          .field("close", bar.close().toString())
          .field("volume", bar.volume().toString())
          .field("trades", bar.trades())
          .field("closed", bar.closed())
          .end();
    }
    return json.end().end().toBuffer();
  }
}
