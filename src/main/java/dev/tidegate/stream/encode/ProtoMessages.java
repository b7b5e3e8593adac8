package dev.tidegate.stream.encode;

import dev.tidegate.bus.Announcements.Announcement;
import dev.tidegate.bus.Commands.Result;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Candle;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.Status;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.bus.Part;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Channel messages in Protobuf, by hand and by the numbers of {@code tidegate/v1/stream.proto}: a
 * batch is the field {@code messages} of a Frame, so it needs neither beginning nor end.
 */
public final class ProtoMessages implements Messages {
  private static final int MESSAGES = 1;

  private static final int SYMBOL = 1;
  private static final int SEQ = 2;
  private static final int PREV_SEQ = 3;
  private static final int KIND = 4;
  private static final int EPOCH = 5;
  private static final int TIME = 6;
  private static final int MERGED = 7;
  private static final int WINDOW = 8;
  private static final int AGE = 9;
  private static final int RECEIVED = 18;
  private static final int SENT = 19;
  private static final int CHECKSUM = 10;
  private static final int BOOK = 11;
  private static final int TRADES = 12;
  private static final int TICKER = 13;
  private static final int CANDLE = 14;
  private static final int STATUS = 15;

  private static final int REQUEST = 16;
  private static final int ORDER = 17;

  private static final int SNAPSHOT = 1;
  private static final int RESET = 2;

  @Override
  public void begin(Text out) {}

  @Override
  public boolean isEmpty(Text out) {
    return out.length() == 0;
  }

  @Override
  public void end(Text out) {}

  @Override
  public int open(Text out) {
    return Proto.open(out, MESSAGES);
  }

  @Override
  public void close(int opened, Text out) {
    Proto.close(out, opened);
  }

  @Override
  public void append(byte[] whole, Text out) {
    out.raw(whole);
  }

  @Override
  public void snapshot(
      Subject subject, String epoch, long seq, long time, Snapshot book, Part part, Text out) {
    first(subject, epoch, seq, out);
    Proto.number(out, TIME, time);
    book(subject, book.bids(), book.asks(), part, out);
  }

  /** What begins a numbering, or continues it for somebody who knows nothing. */
  private static void first(Subject subject, String epoch, long seq, Text out) {
    Proto.text(out, SYMBOL, subject.symbol());
    Proto.number(out, SEQ, seq);
    Proto.number(out, KIND, SNAPSHOT);
    Proto.text(out, EPOCH, epoch);
  }

  private static void next(Subject subject, long prevSeq, long seq, Text out) {
    Proto.text(out, SYMBOL, subject.symbol());
    Proto.number(out, SEQ, seq);
    Proto.number(out, PREV_SEQ, prevSeq);
  }

  @Override
  public void delta(
      Subject subject, long prevSeq, long seq, long time, @Nullable Delta delta, Text out) {
    next(subject, prevSeq, seq, out);
    if (delta == null) {
      book(subject, List.of(), List.of(), Part.ALL, out);
    } else {
      Proto.number(out, TIME, time);
      book(subject, delta.bids(), delta.asks(), Part.ALL, out);
    }
  }

  private static void book(
      Subject subject, List<Level> bids, List<Level> asks, Part part, Text out) {
    int opened = Proto.open(out, BOOK);
    if (subject.depth() != 0) {
      Proto.number(out, 1, subject.depth());
    }
    int price = priceExponent(bids.isEmpty() ? asks : bids);
    int sizeOfBids = sizeExponent(bids);
    int size = sizeOfBids == 0 ? sizeExponent(asks) : sizeOfBids;
    if (price != 0) {
      Proto.signed(out, 2, price);
    }
    if (size != 0) {
      Proto.signed(out, 3, size);
    }
    levels(out, 4, bids, price, size);
    levels(out, 5, asks, price, size);
    if (!part.only()) {
      Proto.number(out, 6, part.number());
      Proto.number(out, 7, part.of());
    }
    Proto.close(out, opened);
  }

  private static int priceExponent(List<Level> levels) {
    return levels.isEmpty() ? 0 : levels.getFirst().price().exponent();
  }

  /** That of the first level that has a size. */
  private static int sizeExponent(List<Level> levels) {
    for (int i = 0; i < levels.size(); i++) {
      Decimal size = levels.get(i).size();
      if (!size.isZero()) {
        return size.exponent();
      }
    }
    return 0;
  }

  private static void levels(Text out, int field, List<Level> levels, int price, int size) {
    for (int i = 0; i < levels.size(); i++) {
      Level level = levels.get(i);
      int opened = Proto.open(out, field);
      value(out, 1, level.price(), price);
      if (!level.size().isZero()) {
        value(out, 2, level.size(), size);
      }
      Proto.close(out, opened);
    }
  }

  /** The number in its field, its exponent two further when it is another, or the text four on. */
  private static void value(Text out, int field, Decimal decimal, int usual) {
    long mantissa = decimal.mantissa();
    if (mantissa == Decimal.NO_MANTISSA) {
      Proto.text(out, field + 4, decimal.toString());
      return;
    }
    Proto.signed(out, field, mantissa);
    int exponent = decimal.exponent();
    if (exponent != usual) {
      Proto.signed(out, field + 2, exponent);
    }
  }

  @Override
  public int beginEvents(Subject subject, long prevSeq, long seq, Text out) {
    next(subject, prevSeq, seq, out);
    return Proto.open(out, content(subject.channel()));
  }

  @Override
  public void event(long seq, long time, @Nullable Event event, Text out) {
    int opened = Proto.open(out, 1);
    Proto.number(out, 1, seq);
    if (event instanceof Trade trade) {
      Proto.text(out, 2, trade.id());
      Proto.decimal(out, 3, trade.price());
      Proto.decimal(out, 4, trade.size());
      Proto.number(out, 5, trade.side() == Side.BUY ? 1 : 2);
    }
    Proto.number(out, 6, time);
    Proto.close(out, opened);
  }

  @Override
  public void endEvents(int begun, Text out) {
    Proto.close(out, begun);
  }

  @Override
  public void reset(Subject subject, String epoch, long seq, Text out) {
    Proto.text(out, SYMBOL, subject.symbol());
    Proto.number(out, SEQ, seq);
    Proto.number(out, KIND, RESET);
    Proto.text(out, EPOCH, epoch);
    Proto.close(out, Proto.open(out, content(subject.channel())));
  }

  @Override
  public void latest(
      Subject subject,
      @Nullable String epoch,
      long seq,
      long time,
      @Nullable Event event,
      Text out) {
    if (epoch != null) {
      first(subject, epoch, seq, out);
    } else {
      Proto.text(out, SYMBOL, subject.symbol());
      Proto.number(out, SEQ, seq);
    }
    Proto.number(out, TIME, time);
    int opened = Proto.open(out, content(subject.channel()));
    switch (event) {
      case Ticker t -> {
        Proto.decimal(out, 1, t.bid());
        Proto.decimal(out, 2, t.bidSize());
        Proto.decimal(out, 3, t.ask());
        Proto.decimal(out, 4, t.askSize());
        Proto.decimal(out, 5, t.last());
      }
      case Candle c -> candle(subject.interval(), c, out);
      case Status s -> status(s, out);
      case null, default -> {}
    }
    Proto.close(out, opened);
  }

  private static int content(Channel channel) {
    return switch (channel) {
      case BOOK -> BOOK;
      case TRADES -> TRADES;
      case TICKER -> TICKER;
      case CANDLES -> CANDLE;
      case STATUS -> STATUS;
    };
  }

  private static void status(Status s, Text out) {
    Proto.text(out, 1, s.state());
    Proto.text(out, 2, s.detail());
    for (Channel each : s.delayed()) {
      Proto.text(out, 3, each.text());
    }
    if (s.since() > 0) {
      Proto.number(out, 4, s.since());
    }
    for (Announcement each : s.announced()) {
      int opened = Proto.open(out, 5);
      Proto.text(out, 1, each.id());
      Proto.text(out, 2, each.state());
      Proto.text(out, 3, each.detail());
      Proto.number(out, 4, each.from());
      Proto.number(out, 5, each.until());
      Proto.close(out, opened);
    }
  }

  private static void candle(String interval, Candle c, Text out) {
    Proto.text(out, 1, interval);
    Proto.number(out, 2, c.start());
    Proto.decimal(out, 3, c.open());
    Proto.decimal(out, 4, c.high());
    Proto.decimal(out, 5, c.low());
    Proto.decimal(out, 6, c.close());
    Proto.decimal(out, 7, c.volume());
    Proto.number(out, 8, c.trades());
    Proto.bool(out, 9, c.closed());
  }

  /** A whole message of a private channel. */
  static void transition(Transition transition, Text out) {
    Stored record = transition.record();
    int opened = Proto.open(out, MESSAGES);
    Proto.number(out, SEQ, transition.seq());
    Proto.text(out, EPOCH, transition.epoch());
    Proto.number(out, TIME, record.updatedAt() * 1000);
    int content = Proto.open(out, transition.channel().equals("orders") ? ORDER : REQUEST);
    state(record, out);
    Proto.close(out, content);
    Proto.close(out, opened);
  }

  private static void state(Stored record, Text out) {
    Proto.text(out, 1, record.id());
    Proto.text(out, 2, record.status().text());
    Result result = record.result();
    if (result != null) {
      int ended = Proto.open(out, 3);
      Proto.number(out, 1, result.status());
      Proto.bytes(out, 2, JsonForm.body(result));
      Proto.close(out, ended);
    }
  }

  /** What is known of a command, and since when. */
  static void record(Stored record, Text out) {
    state(record, out);
    Proto.number(out, 4, record.acceptedAt() * 1000);
    Proto.number(out, 5, record.updatedAt() * 1000);
  }

  @Override
  public void checksum(long crc, Text out) {
    Proto.fixed32(out, CHECKSUM, crc);
  }

  @Override
  public void meta(int merged, int window, Times times, Text out) {
    Proto.number(out, MERGED, merged);
    Proto.number(out, WINDOW, window);
    Proto.number(out, AGE, times.age());
    Proto.number(out, RECEIVED, times.received());
    Proto.number(out, SENT, times.sent());
  }
}
