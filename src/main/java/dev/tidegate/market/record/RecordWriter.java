package dev.tidegate.market.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Candle;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.Status;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.bus.Markets.Trade;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a record in the form of the feed topic; {@link RecordParser} reads it back. */
public final class RecordWriter {
  private static final JsonFactory JSON = new JsonFactory();

  private RecordWriter() {}

  public static byte[] write(FeedRecord record) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      fields(json, record);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static void fields(JsonGenerator json, FeedRecord record) throws IOException {
    switch (record.event()) {
      case Snapshot e -> {
        head(json, "book.snapshot", record);
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
        json.writeStringField("id", e.id());
        decimal(json, "price", e.price());
        decimal(json, "size", e.size());
        json.writeStringField("side", e.side().text());
      }
      case Ticker e -> {
        head(json, "ticker", record);
        decimal(json, "bid", e.bid());
        decimal(json, "bidSize", e.bidSize());
        decimal(json, "ask", e.ask());
        decimal(json, "askSize", e.askSize());
        decimal(json, "last", e.last());
      }
      case Status e -> {
        head(json, "status", record);
        json.writeStringField("state", e.state());
        json.writeStringField("detail", e.detail());
      }
      case Candle e -> throw new IllegalArgumentException("candle: not a record of a feed");
    }
  }

  private static void head(JsonGenerator json, String type, FeedRecord record) throws IOException {
    json.writeStringField("type", type);
    json.writeStringField("symbol", record.symbol());
    json.writeNumberField("time", record.time());
    if (record.sourceSeq() >= 0) {
      json.writeNumberField("sourceSeq", record.sourceSeq());
    }
  }

  private static void levels(JsonGenerator json, String name, List<Level> levels)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (Level level : levels) {
      json.writeStartArray();
      json.writeString(level.price().toString());
      json.writeString(level.size().toString());
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  private static void decimal(JsonGenerator json, String name, @Nullable Decimal value)
      throws IOException {
    if (value != null) {
      json.writeStringField(name, value.toString());
    }
  }
}
