package dev.tidegate.market.record;

import com.google.protobuf.CodedOutputStream;
import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Candle;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.Status;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.bus.Part;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a record in Protobuf for the feed topic; {@link ProtoRecordParser} reads it back. */
public final class ProtoRecordWriter {
  private ProtoRecordWriter() {}

  /** Writes the fields of one message. */
  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  public static byte[] write(FeedRecord record) {
    try {
      return message(
          out -> {
            out.writeString(1, record.symbol());
            out.writeInt64(2, record.time());
            if (record.sourceSeq() >= 0) {
              out.writeInt64(3, record.sourceSeq());
            }
            event(record, out);
            for (Side side : record.withdrawn()) {
              out.writeEnum(9, number(side));
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int number(Side side) {
    return side == Side.BUY ? 1 : 2;
  }

  private static byte[] message(Fields fields) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    fields.write(out);
    out.flush();
    return bytes.toByteArray();
  }

  private static void nested(CodedOutputStream out, int field, Fields fields) throws IOException {
    out.writeByteArray(field, message(fields));
  }

  private static void event(FeedRecord record, CodedOutputStream out) throws IOException {
    switch (record.event()) {
      case Snapshot e -> book(out, 4, e.bids(), e.asks(), record.part());
      case Delta e -> book(out, 5, e.bids(), e.asks(), Part.ALL);
      case Trade e ->
          nested(
              out,
              6,
              trade -> {
                trade.writeString(2, e.id());
                decimal(trade, 3, e.price());
                decimal(trade, 4, e.size());
                trade.writeEnum(5, number(e.side()));
              });
      case Ticker e ->
          nested(
              out,
              7,
              ticker -> {
                decimal(ticker, 1, e.bid());
                decimal(ticker, 2, e.bidSize());
                decimal(ticker, 3, e.ask());
                decimal(ticker, 4, e.askSize());
                decimal(ticker, 5, e.last());
              });
      case Status e ->
          nested(
              out,
              8,
              status -> {
                status.writeString(1, e.state());
                status.writeString(2, e.detail());
              });
      case Candle e -> throw new IllegalArgumentException("candle: not a record of a feed");
    }
  }

  private static void book(
      CodedOutputStream out, int field, List<Level> bids, List<Level> asks, Part part)
      throws IOException {
    List<Level> some = bids.isEmpty() ? asks : bids;
    int price = some.isEmpty() ? 0 : some.getFirst().price().exponent();
    int size = some.isEmpty() ? 0 : some.getFirst().size().exponent();
    nested(
        out,
        field,
        book -> {
          book.writeSInt32(2, price);
          book.writeSInt32(3, size);
          for (Level level : bids) {
            nested(book, 4, one -> level(one, level, price, size));
          }
          for (Level level : asks) {
            nested(book, 5, one -> level(one, level, price, size));
          }
          if (!part.only()) {
            book.writeUInt32(6, part.number());
            book.writeUInt32(7, part.of());
          }
        });
  }

  private static void level(CodedOutputStream out, Level level, int price, int size)
      throws IOException {
    value(out, 1, level.price(), price);
    if (!level.size().isZero()) {
      value(out, 2, level.size(), size);
    }
  }

  /** The number in its field, its exponent two further when it is another, or the text four on. */
  private static void value(CodedOutputStream out, int field, Decimal value, int usual)
      throws IOException {
    long mantissa = value.mantissa();
    if (mantissa == Decimal.NO_MANTISSA) {
      out.writeString(field + 4, value.toString());
      return;
    }
    out.writeSInt64(field, mantissa);
    if (value.exponent() != usual) {
      out.writeSInt32(field + 2, value.exponent());
    }
  }

  private static void decimal(CodedOutputStream out, int field, @Nullable Decimal value)
      throws IOException {
    if (value != null) {
      long mantissa = value.mantissa();
      nested(
          out,
          field,
          decimal -> {
            if (mantissa == Decimal.NO_MANTISSA) {
              decimal.writeString(3, value.toString());
            } else {
              decimal.writeSInt64(1, mantissa);
              decimal.writeSInt32(2, value.exponent());
            }
          });
    }
  }
}
