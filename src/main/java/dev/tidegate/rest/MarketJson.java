package dev.tidegate.rest;

import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Candle;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.bus.Markets.Update;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Market data as documents. Decimals are strings, times microseconds. */
final class MarketJson {
  private MarketJson() {}

  static JsonObject markets(Iterable<String> symbols) {
    JsonArray markets = new JsonArray();
    symbols.forEach(symbol -> markets.add(new JsonObject().put("symbol", symbol)));
    return new JsonObject().put("markets", markets);
  }

  static JsonObject book(SymbolState state, int depth) {
    return new JsonObject()
        .put("symbol", state.symbol())
        .put("epoch", state.epoch())
        .put("seq", state.bookSeq())
        .put("time", state.bookTime())
        .put("bids", levels(state.book().bids(), depth))
        .put("asks", levels(state.book().asks(), depth));
  }

  private static JsonArray levels(List<Level> levels, int depth) {
    JsonArray out = new JsonArray();
    for (Level level : levels.subList(0, Math.min(depth, levels.size()))) {
      out.add(new JsonArray().add(level.price().toString()).add(level.size().toString()));
    }
    return out;
  }

  /** The feed's last ticker, or what the book and the last trade tell when it gives none. */
  static JsonObject ticker(SymbolState state) {
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
    JsonObject out =
        new JsonObject()
            .put("symbol", state.symbol())
            .put("epoch", state.epoch())
            .put("time", time);
    put(out, "bid", shown.bid());
    put(out, "bidSize", shown.bidSize());
    put(out, "ask", shown.ask());
    put(out, "askSize", shown.askSize());
    put(out, "last", shown.last() == null ? last : shown.last());
    return out;
  }

  private static @Nullable Decimal top(List<Level> levels, boolean price) {
    return levels.isEmpty() ? null : price ? levels.get(0).price() : levels.get(0).size();
  }

  private static void put(JsonObject out, String name, @Nullable Decimal value) {
    if (value != null) {
      out.put(name, value.toString());
    }
  }

  /** The last trades, oldest first. */
  static JsonObject trades(SymbolState state, int limit) {
    Deque<Update> trades = new ArrayDeque<>();
    for (Update update : state.recent()) {
      if (update.event() instanceof Trade) {
        trades.addLast(update);
        if (trades.size() > limit) {
          trades.removeFirst();
        }
      }
    }
    JsonArray out = new JsonArray();
    for (Update update : trades) {
      if (update.event() instanceof Trade trade) {
        out.add(
            new JsonObject()
                .put("seq", update.seq())
                .put("id", trade.id())
                .put("price", trade.price().toString())
                .put("size", trade.size().toString())
                .put("side", trade.side().text())
                .put("time", update.time()));
      }
    }
    return new JsonObject()
        .put("symbol", state.symbol())
        .put("epoch", state.epoch())
        .put("seq", state.tradeSeq())
        .put("trades", out);
  }

  /** The kept bars of one interval, oldest first, each in its last state. */
  static JsonObject candles(SymbolState state, String interval) {
    TreeMap<Long, Candle> bars = new TreeMap<>();
    for (Update update : state.recent()) {
      if (update.event() instanceof Candle candle && candle.interval().equals(interval)) {
        bars.put(candle.start(), candle);
      }
    }
    JsonArray out = new JsonArray();
    for (Candle candle : bars.values()) {
      out.add(
          new JsonObject()
              .put("start", candle.start())
              .put("open", candle.open().toString())
              .put("high", candle.high().toString())
              .put("low", candle.low().toString())
              .put("close", candle.close().toString())
              .put("volume", candle.volume().toString())
              .put("trades", candle.trades())
              .put("closed", candle.closed()));
    }
    return new JsonObject()
        .put("symbol", state.symbol())
        .put("epoch", state.epoch())
        .put("interval", interval)
        .put("candles", out);
  }
}
