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
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Binance's depthUpdate, bookTicker and aggTrade messages as records. The stream has no snapshot:
 * the first update of a symbol starts its book, so that a capture read again starts anew.
 */
public final class BinanceMessages {
  private final Set<String> started = new HashSet<>();

  List<FeedRecord> records(JsonNode data, long received) {
    Event event =
        switch (data.path("e").asText("bookTicker")) {
          case "depthUpdate" -> depth(data);
          case "bookTicker" -> data.has("B") ? ticker(data) : null;
          case "aggTrade" -> trade(data);
          default -> null;
        };
    return event == null
        ? List.of()
        : List.of(new FeedRecord(text(data, "s"), time(data, received), event));
  }

  private Event depth(JsonNode data) {
    List<Level> bids = levels(data.path("b"));
    List<Level> asks = levels(data.path("a"));
    return started.add(text(data, "s")) ? new Snapshot(bids, asks) : new Delta(bids, asks);
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
