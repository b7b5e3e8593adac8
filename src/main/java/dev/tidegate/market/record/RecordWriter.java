package dev.tidegate.market.record;

import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Candle;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.Status;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.json.JsonWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a record in the form of the feed topic; {@link RecordParser} reads it back. */
public final class RecordWriter {
  private RecordWriter() {}

  public static byte[] write(FeedRecord record) {
    JsonWriter json = new JsonWriter().object();
    fields(json, record);
    return json.end().toBytes();
  }

  private static void fields(JsonWriter json, FeedRecord record) {
    switch (record.event()) {
      case Snapshot e -> {
        head(json, "book.snapshot", record);
        if (!record.part().only()) {
          json.field("part", record.part().number()).field("parts", record.part().of());
        }
        levels(json, "bids", e.bids());
        levels(json, "asks", e.asks());
      }
      case Delta e -> {
        head(json, "book.delta", record);
        levels(json, "bids", e.bids());
        levels(json, "asks", e.asks());
      }
      case Trade e -> {
        head(json, "trade", record);
        json.field("id", e.id());
        decimal(json, "price", e.price());
        decimal(json, "size", e.size());
        json.field("side", e.side().text());
      }
      case Ticker e -> {
        head(json, "ticker", record);
        decimal(json, "bid", e.bid());
        withdrawn(json, "bid", record, Side.BUY);
        decimal(json, "bidSize", e.bidSize());
        decimal(json, "ask", e.ask());
        withdrawn(json, "ask", record, Side.SELL);
        decimal(json, "askSize", e.askSize());
        decimal(json, "last", e.last());
      }
      case Status e -> {
        head(json, "status", record);
        json.field("state", e.state()).field("detail", e.detail());
      }
      case Candle e -> throw new IllegalArgumentException("candle: not a record of a feed");
    }
  }

  /** Nothing where something was, as against nothing said. */
  private static void withdrawn(JsonWriter json, String name, FeedRecord record, Side side) {
    if (record.withdrawn().contains(side)) {
      json.field(name, null);
    }
  }

  private static void head(JsonWriter json, String type, FeedRecord record) {
    json.field("type", type).field("symbol", record.symbol()).field("time", record.time());
    if (record.sourceSeq() >= 0) {
      json.field("sourceSeq", record.sourceSeq());
    }
  }

  private static void levels(JsonWriter json, String name, List<Level> levels) {
    json.array(name);
    for (Level level : levels) {
      json.array().value(level.price().toString()).value(level.size().toString()).end();
    }
    json.end();
  }

  private static void decimal(JsonWriter json, String name, @Nullable Decimal value) {
    json.optional(name, value == null ? null : value.toString());
  }
}
