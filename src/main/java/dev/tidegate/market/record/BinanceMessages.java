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
import java.util.ArrayList;
import java.util.List;

/**
 * Binance's depthUpdate, bookTicker and aggTrade messages as records. The stream has no snapshot:
 * only the answer of its depth endpoint, when the recorder has put it among them, makes a book
 * whole.
 */
public final class BinanceMessages {
  private BinanceMessages() {}

  static List<FeedRecord> records(JsonNode data, long received) {
    if (data.has("lastUpdateId") && data.has("symbol")) {
      Snapshot book = new Snapshot(levels(data.path("bids")), levels(data.path("asks")));
      return List.of(new FeedRecord(text(data, "symbol"), time(data, received), book));
    }
    Event event =
        switch (data.path("e").asText("bookTicker")) {
          case "depthUpdate" -> new Delta(levels(data.path("b")), levels(data.path("a")));
          case "bookTicker" -> data.has("B") ? ticker(data) : null;
          case "aggTrade" -> trade(data);
          default -> null;
        };
    return event == null
        ? List.of()
        : List.of(new FeedRecord(text(data, "s"), time(data, received), event));
  }

  private static List<Level> levels(JsonNode side) {
    List<Level> levels = new ArrayList<>(side.size());
    for (JsonNode level : side) {
      levels.add(new Level(Decimal.of(level.path(0).asText()), Decimal.of(level.path(1).asText())));
    }
    return levels;
  }

  private static Ticker ticker(JsonNode data) {
    return new Ticker(
        Decimal.of(text(data, "b")),
        Decimal.of(text(data, "B")),
        Decimal.of(text(data, "a")),
        Decimal.of(text(data, "A")),
        null);
  }

  /** When the buyer is the maker, the taker sells. */
  private static Trade trade(JsonNode data) {
    return new Trade(
        text(data, "a"),
        Decimal.of(text(data, "p")),
        Decimal.of(text(data, "q")),
        data.path("m").asBoolean() ? Side.SELL : Side.BUY);
  }

  private static long time(JsonNode data, long received) {
    JsonNode millis = data.has("T") ? data.get("T") : data.path("E");
    return millis.isIntegralNumber() ? millis.asLong() * 1000 : received;
  }
}
