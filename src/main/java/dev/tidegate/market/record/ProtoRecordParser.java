package dev.tidegate.market.record;

import static dev.tidegate.market.record.Limits.bad;
import static dev.tidegate.market.record.Limits.given;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.Status;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.bus.Part;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one record of the feed topic in Protobuf: an Update of {@code tidegate/v1/feed.proto}.
 * Unknown fields are skipped. One parser per thread.
 */
public final class ProtoRecordParser {
  private @Nullable String symbol;
  private long time;
  private long sourceSeq;
  private @Nullable Event event;
  private Part part = Part.ALL;
  private final Set<Side> withdrawn = EnumSet.noneOf(Side.class);
  private @Nullable String id;
  private @Nullable String state;
  private @Nullable String detail;
  private int side;

  /** The decimals of a trade or a ticker, by field number. */
  private final @Nullable Decimal[] decimals = new Decimal[6];

  /** Takes the fields of one message, one after the other. */
  interface Fields {
    /** Reads the field's value, or returns false for one that it does not know. */
    boolean take(int tag, CodedInputStream in) throws IOException;
  }

  /**
   * An {@link IllegalArgumentException} says what is wrong with the record; an {@link
   * UnreadableRecord} also whom it was about.
   */
  FeedRecord parse(byte[] bytes) {
    try {
      return record(bytes);
    } catch (IOException e) {
      throw new IllegalArgumentException("record: not Protobuf: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      About about = new About();
      try {
        fields(CodedInputStream.newInstance(bytes), about::take);
      } catch (IOException cut) {
        throw new IllegalArgumentException("record: not Protobuf: " + cut.getMessage(), cut);
      }
      throw new UnreadableRecord(e, about.symbol, about.missed, Math.max(0, about.time));
    }
  }

  /** Whom a record is about that cannot be read otherwise. */
  private static final class About {
    @Nullable String symbol;
    long time;
    boolean missed;

    boolean take(int tag, CodedInputStream in) throws IOException {
      if (tag == delimited(1)) {
        String name = in.readStringRequireUtf8();
        symbol = name.isEmpty() || name.length() > Limits.SYMBOL ? null : name;
      } else if (tag == varint(2)) {
        time = in.readInt64();
      } else {
        missed |= tag == delimited(4) || tag == delimited(5) || tag == delimited(6);
        return false;
      }
      return true;
    }
  }

  private FeedRecord record(byte[] bytes) throws IOException {
    symbol = null;
    event = null;
    part = Part.ALL;
    withdrawn.clear();
    time = sourceSeq = -1;
    fields(CodedInputStream.newInstance(bytes), this::update);
    String name = given("symbol", symbol);
    if (name.isEmpty() || name.length() > Limits.SYMBOL) {
      throw bad("symbol", name.length() + " characters", "1 to " + Limits.SYMBOL);
    }
    if (time <= 0) {
      throw bad("time", time, "microseconds since the epoch");
    }
    return new FeedRecord(name, time, sourceSeq, given("event", event), withdrawn(), part);
  }

  private Set<Side> withdrawn() {
    return withdrawn.isEmpty() ? Set.of() : EnumSet.copyOf(withdrawn);
  }

  private static void fields(CodedInputStream in, Fields fields) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (!fields.take(tag, in) && !in.skipField(tag)) {
        throw new IOException("a group ends that has not begun");
      }
    }
  }

  static void nested(CodedInputStream in, Fields fields) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    fields(in, fields);
    in.checkLastTagWas(0);
    in.popLimit(limit);
  }

  static int delimited(int field) {
    return (field << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  static int varint(int field) {
    return (field << 3) | WireFormat.WIRETYPE_VARINT;
  }

  private boolean update(int tag, CodedInputStream in) throws IOException {
    if (tag == delimited(1)) {
      symbol = in.readStringRequireUtf8();
    } else if (tag == varint(2)) {
      time = in.readInt64();
    } else if (tag == varint(3)) {
      sourceSeq = in.readInt64();
      if (sourceSeq < 0) {
        throw bad("sourceSeq", sourceSeq, "0 or more");
      }
    } else if (tag == varint(9)) {
      withdrawn.add(taker(in.readEnum()));
    } else if (tag == delimited(9)) {
      int limit = in.pushLimit(in.readRawVarint32());
      while (!in.isAtEnd()) {
        withdrawn.add(taker(in.readEnum()));
      }
      in.popLimit(limit);
    } else {
      Event read = event(tag, in);
      if (read == null) {
        return false;
      }
      if (event != null) {
        throw bad("event", "two", "one of snapshot, delta, trade, ticker and status");
      }
      event = read;
    }
    return true;
  }

  private static Side taker(int number) {
    return switch (number) {
      case 1 -> Side.BUY;
      case 2 -> Side.SELL;
      default -> throw bad("side", "missing", "buy or sell");
    };
  }

  private @Nullable Event event(int tag, CodedInputStream in) throws IOException {
    if (tag == delimited(4) || tag == delimited(5)) {
      ProtoLevels book = new ProtoLevels();
      nested(in, book::take);
      Event read =
          tag == delimited(4)
              ? new Snapshot(book.bids(), book.asks())
              : new Delta(book.bids(), book.asks());
      part = book.part(read);
      return read;
    }
    java.util.Arrays.fill(decimals, null);
    id = state = detail = null;
    side = 0;
    if (tag == delimited(6)) {
      nested(in, this::trade);
      return new Trade(
          id == null ? "" : id,
          given("price", decimals[3]),
          size("size", given("size", decimals[4])),
          taker(side));
    }
    if (tag == delimited(7)) {
      nested(in, (field, from) -> decimal(field, from, 5));
      Decimal bidSize = decimals[2];
      Decimal askSize = decimals[4];
      return new Ticker(
          decimals[1],
          bidSize == null ? null : size("bidSize", bidSize),
          decimals[3],
          askSize == null ? null : size("askSize", askSize),
          decimals[5]);
    }
    if (tag == delimited(8)) {
      nested(in, this::status);
      return new Status(Limits.state(given("state", state)), Limits.bounded("detail", detail));
    }
    return null;
  }

  private boolean trade(int tag, CodedInputStream in) throws IOException {
    if (tag == delimited(2)) {
      id = Limits.bounded("id", in.readStringRequireUtf8());
    } else if (tag == varint(5)) {
      side = in.readEnum();
    } else {
      return tag != delimited(5) && decimal(tag, in, 4);
    }
    return true;
  }

  private boolean status(int tag, CodedInputStream in) throws IOException {
    if (tag == delimited(1)) {
      state = in.readStringRequireUtf8();
    } else if (tag == delimited(2)) {
      detail = in.readStringRequireUtf8();
    } else {
      return false;
    }
    return true;
  }

  /** A field of type Decimal, if it is one of the first few. */
  private boolean decimal(int tag, CodedInputStream in, int last) throws IOException {
    int field = WireFormat.getTagFieldNumber(tag);
    if (tag != delimited(field) || field > last) {
      return false;
    }
    One one = new One();
    nested(in, one::take);
    decimals[field] = decimal(one.mantissa, one.exponent, one.text);
    return true;
  }

  private static final class One {
    long mantissa;
    int exponent;
    String text = "";

    boolean take(int tag, CodedInputStream in) throws IOException {
      if (tag == varint(1)) {
        mantissa = in.readSInt64();
      } else if (tag == varint(2)) {
        exponent = in.readSInt32();
      } else if (tag == delimited(3)) {
        text = in.readStringRequireUtf8();
      } else {
        return false;
      }
      return true;
    }
  }

  static Decimal decimal(long mantissa, int exponent, String text) {
    Decimal value = text.isEmpty() ? Decimal.of(mantissa, exponent) : Decimal.of(text);
    int length = value.toString().length();
    if (length > Limits.DECIMAL) {
      throw bad("decimal", length + " characters", "at most " + Limits.DECIMAL);
    }
    return value;
  }

  static Decimal size(String name, Decimal size) {
    if (size.isNegative()) {
      throw bad(name, size, "a size of 0 or more");
    }
    return size;
  }
}
