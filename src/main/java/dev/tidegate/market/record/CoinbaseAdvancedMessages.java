package dev.tidegate.market.record;

import static dev.tidegate.market.record.CaptureReader.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.bus.Markets.Trade;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The messages of Coinbase's Advanced Trade stream as records: {@code l2_data}, {@code
 * market_trades} and {@code ticker}. Its numbers count the messages of a connection: a hole among
 * them puts every book in doubt.
 */
public final class CoinbaseAdvancedMessages {
  private final Set<String> books = new TreeSet<>();
  private long number = Long.MAX_VALUE;

  static boolean isOne(JsonNode message) {
    return message.path("channel").isTextual() && message.path("events").isArray();
  }

  List<FeedRecord> records(JsonNode message, long received) {
    long time = CoinbaseMessages.time(message.get("timestamp"), received);
    List<FeedRecord> records = new ArrayList<>();
    missed(message.path("sequence_num"), time, records);
    String channel = text(message, "channel");
    for (JsonNode event : message.path("events")) {
      switch (channel) {
        case "l2_data" -> records.add(levels(event, time));
        case "market_trades" -> trades(event, time, records);
        case "ticker", "ticker_batch" -> event.path("tickers").forEach(t -> add(t, time, records));
        default -> {}
      }
    }
    return records;
  }

  private void missed(JsonNode sequence, long time, List<FeedRecord> records) {
    if (!sequence.isIntegralNumber()) {
      return;
    }
    long before = number;
    number = sequence.asLong();
    if (before < number - 1) {
      String why = "messages " + (before + 1) + ".." + (number - 1) + " are missing";
      books.forEach(symbol -> records.add(UnreadableRecord.missed(symbol, time, why)));
    }
  }

  private FeedRecord levels(JsonNode event, long time) {
    String symbol = text(event, "product_id");
    List<Level> bids = new ArrayList<>();
    List<Level> asks = new ArrayList<>();
    for (JsonNode update : event.path("updates")) {
      Decimal price = Decimal.of(text(update, "price_level"));
      Level level = new Level(price, Decimal.of(text(update, "new_quantity")));
      switch (text(update, "side")) {
        case "bid" -> bids.add(level);
        case "offer", "ask" -> asks.add(level);
        default -> throw Limits.bad("side", text(update, "side"), "bid or offer");
      }
    }
    books.add(symbol);
    return switch (text(event, "type")) {
      case "snapshot" -> new FeedRecord(symbol, time, new Snapshot(bids, asks));
      case "update" -> new FeedRecord(symbol, time, new Delta(bids, asks));
      default -> throw Limits.bad("type", text(event, "type"), "snapshot or update");
    };
  }

  /**
   * The latest comes first there; the exchange names the maker's side, the taker's is the other.
   */
  private static void trades(JsonNode event, long time, List<FeedRecord> records) {
    List<FeedRecord> trades = new ArrayList<>();
    for (JsonNode one : event.path("trades")) {
      Side maker = Side.named(text(one, "side").toLowerCase(Locale.ROOT));
      if (maker == null) {
        throw Limits.bad("side", text(one, "side"), "BUY or SELL");
      }
      Trade trade =
          new Trade(
              text(one, "trade_id"),
              Decimal.of(text(one, "price")),
              Decimal.of(text(one, "size")),
              maker.other());
      long at = CoinbaseMessages.time(one.get("time"), time);
      trades.add(new FeedRecord(text(one, "product_id"), at, trade));
    }
    records.addAll(
        trades.reversed().stream().sorted(Comparator.comparingLong(FeedRecord::time)).toList());
  }

  private static void add(JsonNode ticker, long time, List<FeedRecord> records) {
    Ticker event =
        new Ticker(
            decimal(ticker, "best_bid"),
            decimal(ticker, "best_bid_quantity"),
            decimal(ticker, "best_ask"),
            decimal(ticker, "best_ask_quantity"),
            decimal(ticker, "price"));
    records.add(new FeedRecord(text(ticker, "product_id"), time, event));
  }

  private static @Nullable Decimal decimal(JsonNode of, String field) {
    return of.path(field).asText().isEmpty() ? null : Decimal.of(of.path(field).asText());
  }
}
