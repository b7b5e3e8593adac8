package dev.tidegate.market.record;

import static dev.tidegate.market.record.Limits.bad;
import static dev.tidegate.market.record.Limits.given;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.Status;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.bus.Markets.Trade;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one record of the feed topic: {@code book.snapshot}, {@code book.delta}, {@code trade},
 * {@code ticker} or {@code status}. Unknown fields are skipped. One parser per thread.
 */
public final class RecordParser {
  private final JsonFactory json =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(4096).maxNestingDepth(16).build())
          .build();

  private @Nullable String type;
  private @Nullable String symbol;
  private long time;
  private long sourceSeq;
  private long part;
  private long parts;
  private @Nullable List<Level> bids;
  private @Nullable List<Level> asks;
  private @Nullable String id;
  private @Nullable String side;
  private @Nullable String state;
  private @Nullable String detail;
  private @Nullable Decimal price;
  private @Nullable Decimal size;
  private @Nullable Decimal bid;
  private @Nullable Decimal bidSize;
  private @Nullable Decimal ask;
  private @Nullable Decimal askSize;
  private @Nullable Decimal last;
  private final Set<Side> withdrawn = EnumSet.noneOf(Side.class);
  private @Nullable IllegalArgumentException flaw;

  public FeedRecord parse(byte[] bytes) {
    return parse(bytes, 0, bytes.length);
  }

  /**
   * An {@link IllegalArgumentException} says what is wrong with the record; an {@link
   * UnreadableRecord} also whom it was about.
   */
  public FeedRecord parse(byte[] bytes, int offset, int length) {
    clear();
    try (JsonParser in = json.createParser(bytes, offset, length)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw bad("record", in.currentToken(), "a JSON object");
      }
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String name = in.currentName();
        in.nextToken();
        try {
          field(in, name);
        } catch (IllegalArgumentException e) {
          flaw = flaw == null ? e : flaw;
          leave(in);
        }
      }
      if (in.nextToken() != null) {
        throw bad("record", "more after the object", "one JSON object");
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("record: not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("record: not JSON: " + e.getMessage(), e);
    }
    try {
      if (flaw != null) {
        throw flaw;
      }
      return record();
    } catch (IllegalArgumentException e) {
      boolean missed = type == null || type.equals("trade") || type.startsWith("book.");
      throw new UnreadableRecord(e, symbol, missed, Math.max(0, time));
    }
  }

  /** Goes on behind the field that could not be read: whom the record is about may come later. */
  private static void leave(JsonParser in) throws IOException {
    in.skipChildren();
    while (!(in.getParsingContext().inObject() && in.getParsingContext().getParent().inRoot())) {
      in.nextToken();
    }
  }

  private void clear() {
    type = symbol = id = side = state = detail = null;
    price = size = bid = bidSize = ask = askSize = last = null;
    bids = asks = null;
    time = sourceSeq = part = parts = -1;
    withdrawn.clear();
    flaw = null;
  }

  private void field(JsonParser in, String name) throws IOException {
    switch (name) {
      case "type" -> type = text(in, name, Limits.TEXT);
      case "symbol" -> symbol = text(in, name, Limits.SYMBOL);
      case "time" -> time = whole(in, name, Long.MAX_VALUE);
      case "sourceSeq" -> sourceSeq = whole(in, name, Long.MAX_VALUE);
      case "part" -> part = whole(in, name, Limits.PARTS);
      case "parts" -> parts = whole(in, name, Limits.PARTS);
      case "bids" -> bids = levels(in, name);
      case "asks" -> asks = levels(in, name);
      case "id" -> id = text(in, name, Limits.TEXT);
      case "side" -> side = text(in, name, Limits.TEXT);
      case "state" -> state = text(in, name, Limits.TEXT);
      case "detail" -> detail = text(in, name, Limits.TEXT);
      default -> decimalField(in, name);
    }
  }

  private void decimalField(JsonParser in, String name) throws IOException {
    switch (name) {
      case "price" -> price = decimal(in, name, true);
      case "size" -> size = decimal(in, name, false);
      case "bid" -> bid = side(in, name, Side.BUY);
      case "bidSize" -> bidSize = decimalOrNull(in, name, false);
      case "ask" -> ask = side(in, name, Side.SELL);
      case "askSize" -> askSize = decimalOrNull(in, name, false);
      case "last" -> last = decimalOrNull(in, name, true);
      default -> in.skipChildren();
    }
  }

  private FeedRecord record() {
    String kind = given("type", type);
    if (given("symbol", symbol).isEmpty()) {
      throw bad("symbol", "\"\"", "1 to " + Limits.SYMBOL + " characters");
    }
    if (time < 0) {
      throw bad("time", "missing", "microseconds since the epoch");
    }
    Event event = event(kind);
    return new FeedRecord(
        given("symbol", symbol),
        time,
        sourceSeq,
        event,
        withdrawn.isEmpty() ? Set.of() : EnumSet.copyOf(withdrawn),
        Limits.part(event, part, parts));
  }

  private Event event(String kind) {
    return switch (kind) {
      case "book.snapshot" -> new Snapshot(given("bids", bids), given("asks", asks));
      case "book.delta" ->
          new Delta(bids == null ? List.of() : bids, asks == null ? List.of() : asks);
      case "trade" ->
          new Trade(
              given("id", id),
              given("price", price),
              given("size", size),
              taker(given("side", side)));
      case "ticker" -> new Ticker(bid, bidSize, ask, askSize, last);
      case "status" ->
          new Status(Limits.state(given("state", state)), detail == null ? "" : detail);
      default -> throw bad("type", kind, "book.snapshot, book.delta, trade, ticker or status");
    };
  }

  private static Side taker(String text) {
    Side taker = Side.named(text.toLowerCase(Locale.ROOT));
    if (taker == null) {
      throw bad("side", text, "buy or sell");
    }
    return taker;
  }

  private static List<Level> levels(JsonParser in, String name) throws IOException {
    if (in.currentToken() != JsonToken.START_ARRAY) {
      throw bad(name, in.currentToken(), "an array of [\"price\",\"size\"]");
    }
    List<Level> levels = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (in.currentToken() != JsonToken.START_ARRAY || levels.size() == Limits.LEVELS) {
        throw bad(name, in.currentToken(), "at most " + Limits.LEVELS + " of [\"price\",\"size\"]");
      }
      in.nextToken();
      Decimal price = decimal(in, name, true);
      in.nextToken();
      levels.add(new Level(price, decimal(in, name, false)));
      if (in.nextToken() != JsonToken.END_ARRAY) {
        throw bad(name, in.currentToken(), "[\"price\",\"size\"]");
      }
    }
    return levels;
  }

  /** The best price of a side; null says that the side is gone. */
  private @Nullable Decimal side(JsonParser in, String name, Side side) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      withdrawn.add(side);
    } else {
      withdrawn.remove(side);
    }
    return decimalOrNull(in, name, true);
  }

  private static @Nullable Decimal decimalOrNull(JsonParser in, String name, boolean signed)
      throws IOException {
    return in.currentToken() == JsonToken.VALUE_NULL ? null : decimal(in, name, signed);
  }

  private static Decimal decimal(JsonParser in, String name, boolean signed) throws IOException {
    Decimal value = Decimal.of(plain(name, text(in, name, Limits.DECIMAL)));
    if (value.isNegative() && !signed) {
      throw bad(name, value, "a size of 0 or more");
    }
    return value;
  }

  /** JSON writers of many languages write small numbers with an exponent: 1e-7, 0E-8. */
  private static String plain(String name, String text) {
    if (text.indexOf('e') < 0 && text.indexOf('E') < 0) {
      return text;
    }
    try {
      BigDecimal value = new BigDecimal(text);
      if (Math.abs((long) value.scale()) <= Limits.DECIMAL) {
        return value.signum() == 0 ? "0" : value.toPlainString();
      }
    } catch (NumberFormatException e) {
      // Said below, like an exponent that is too large.
    }
    throw bad(name, text, "a decimal, or one with an exponent of at most " + Limits.DECIMAL);
  }

  private static String text(JsonParser in, String name, int most) throws IOException {
    if (in.currentToken() != JsonToken.VALUE_STRING) {
      throw bad(name, in.currentToken(), "a string");
    }
    return Limits.bounded(name, in.getText(), most);
  }

  private static long whole(JsonParser in, String name, long most) throws IOException {
    if (in.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw bad(name, in.currentToken(), "a whole number");
    }
    long value = in.getLongValue();
    if (value < 0 || value > most) {
      throw bad(name, value, "0.." + most);
    }
    return value;
  }
}
