package dev.tidegate.market.record;

import static dev.tidegate.market.record.CaptureReader.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.bus.Markets.Trade;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Coinbase's level 2, match and ticker messages as records. */
public final class CoinbaseMessages {
  List<FeedRecord> records(JsonNode message, long received) {
    Event event =
        switch (text(message, "type")) {
          case "snapshot" -> new Snapshot(levels(message, "bids"), levels(message, "asks"));
          case "l2update" -> changes(message);
          case "match" -> trade(message);
          case "ticker" -> ticker(message);
          default -> null;
        };
    return event == null
        ? List.of()
        : List.of(
            new FeedRecord(
                text(message, "product_id"), time(message.get("time"), received), event));
  }

  private static List<Level> levels(JsonNode message, String side) {
    List<Level> levels = new ArrayList<>();
    for (JsonNode level : message.path(side)) {
      levels.add(level(level.path(0), level.path(1)));
    }
    return levels;
  }

  private static Delta changes(JsonNode message) {
    List<Level> bids = new ArrayList<>();
    List<Level> asks = new ArrayList<>();
    for (JsonNode change : message.path("changes")) {
      List<Level> side = side(change.path(0).asText()) == Side.BUY ? bids : asks;
      side.add(level(change.path(1), change.path(2)));
    }
    return new Delta(bids, asks);
  }

  private static Level level(JsonNode price, JsonNode size) {
    return new Level(Decimal.of(price.asText()), Decimal.of(size.asText()));
  }

  /** The exchange names the maker's side; the taker's is the other one. */
  private static Trade trade(JsonNode message) {
    return new Trade(
        text(message, "trade_id"),
        Decimal.of(text(message, "price")),
        Decimal.of(text(message, "size")),
        side(text(message, "side")).other());
  }

  private static Ticker ticker(JsonNode message) {
    return new Ticker(
        Decimal.of(text(message, "best_bid")),
        null,
        Decimal.of(text(message, "best_ask")),
        null,
        Decimal.of(text(message, "price")));
  }

  private static Side side(String text) {
    Side side = Side.named(text);
    return side == null ? Side.SELL : side;
  }

  static long time(@Nullable JsonNode time, long received) {
    if (time == null) {
      return received;
    }
    try {
      return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(time.asText()));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("time: " + time + " (expected ISO 8601)", e);
    }
  }
}
