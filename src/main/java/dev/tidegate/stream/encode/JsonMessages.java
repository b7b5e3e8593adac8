package dev.tidegate.stream.encode;

import dev.tidegate.bus.Announcements.Announcement;
import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Candle;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.Status;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.bus.Part;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Channel messages in JSON: a batch is an array of objects. */
public final class JsonMessages implements Messages {
  @Override
  public void begin(Text out) {
    out.put('[');
  }

  @Override
  public boolean isEmpty(Text out) {
    return out.length() == 1;
  }

  @Override
  public void end(Text out) {
    out.put(']');
  }

  @Override
  public int open(Text out) {
    out.separate();
    return 0;
  }

  @Override
  public void close(int opened, Text out) {
    out.put('}');
  }

  @Override
  public void append(byte[] whole, Text out) {
    out.separate().raw(whole);
  }

  @Override
  public void snapshot(
      Subject subject, String epoch, long seq, long time, Snapshot book, Part part, Text out) {
    book(subject, out);
    out.ascii(",\"kind\":\"snapshot\",\"epoch\":").quoted(epoch);
    out.ascii(",\"seq\":").number(seq);
    if (!part.only()) {
      out.ascii(",\"part\":").number(part.number()).ascii(",\"parts\":").number(part.of());
    }
    sides(book.bids(), book.asks(), time, out);
  }

  @Override
  public void delta(
      Subject subject, long prevSeq, long seq, long time, @Nullable Delta delta, Text out) {
    book(subject, out);
    out.ascii(",\"kind\":\"delta\",\"prevSeq\":").number(prevSeq).ascii(",\"seq\":").number(seq);
    if (delta != null) {
      sides(delta.bids(), delta.asks(), time, out);
    }
  }

  private static void book(Subject subject, Text out) {
    out.ascii("{\"channel\":\"book\",\"symbol\":").quoted(subject.symbol());
    if (subject.depth() != 0) {
      out.ascii(",\"depth\":").number(subject.depth());
    }
  }

  private static void sides(List<Level> bids, List<Level> asks, long at, Text out) {
    levels(out.ascii(",\"bids\":["), bids);
    levels(out.ascii("],\"asks\":["), asks);
    out.ascii("],\"time\":").number(at);
  }

  private static void levels(Text out, List<Level> levels) {
    for (int i = 0; i < levels.size(); i++) {
      out.ascii(i == 0 ? "[\"" : ",[\"").ascii(levels.get(i).price().toString());
      out.ascii("\",\"").ascii(levels.get(i).size().toString()).ascii("\"]");
    }
  }

  @Override
  public int beginEvents(Subject subject, long prevSeq, long seq, Text out) {
    String channel = subject.channel().text();
    out.ascii("{\"channel\":\"").ascii(channel);
    out.ascii("\",\"symbol\":").quoted(subject.symbol());
    out.ascii(",\"prevSeq\":").number(prevSeq).ascii(",\"seq\":").number(seq);
    out.ascii(",\"").ascii(channel).ascii("\":[");
    return 0;
  }

  @Override
  public void event(long seq, long time, @Nullable Event event, Text out) {
    out.ascii("{\"seq\":").number(seq);
    if (event instanceof Trade trade) {
      out.ascii(",\"id\":").quoted(trade.id());
      out.ascii(",\"price\":\"").ascii(trade.price().toString());
      out.ascii("\",\"size\":\"").ascii(trade.size().toString());
      out.ascii("\",\"side\":").quoted(trade.side().text());
    }
    out.ascii(",\"time\":").number(time).put('}');
  }

  @Override
  public void endEvents(int begun, Text out) {
    out.put(']');
  }

  @Override
  public void reset(Subject subject, String epoch, long seq, Text out) {
    String channel = subject.channel().text();
    out.ascii("{\"channel\":\"").ascii(channel);
    out.ascii("\",\"symbol\":").quoted(subject.symbol());
    out.ascii(",\"kind\":\"reset\",\"epoch\":").quoted(epoch).ascii(",\"recovered\":false");
    out.ascii(",\"seq\":").number(seq).ascii(",\"").ascii(channel).ascii("\":[]");
  }

  @Override
  public void latest(
      Subject subject,
      @Nullable String epoch,
      long seq,
      long time,
      @Nullable Event event,
      Text out) {
    out.ascii("{\"channel\":\"").ascii(subject.channel().text());
    out.ascii("\",\"symbol\":").quoted(subject.symbol());
    if (!subject.interval().isEmpty()) {
      out.ascii(",\"interval\":").quoted(subject.interval());
    }
    if (epoch != null) {
      out.ascii(",\"kind\":\"snapshot\",\"epoch\":").quoted(epoch);
    }
    out.ascii(",\"seq\":").number(seq).ascii(",\"time\":").number(time);
    switch (event) {
      case Ticker t -> {
        field(out, ",\"bid\":\"", t.bid());
        field(out, ",\"bidSize\":\"", t.bidSize());
        field(out, ",\"ask\":\"", t.ask());
        field(out, ",\"askSize\":\"", t.askSize());
        field(out, ",\"last\":\"", t.last());
      }
      case Candle c -> candle(c, out);
      case Status s -> status(s, out);
      case null, default -> {}
    }
  }

  private static void status(Status s, Text out) {
    out.ascii(",\"state\":").quoted(s.state()).ascii(",\"detail\":").quoted(s.detail());
    if (!s.delayed().isEmpty()) {
      out.ascii(",\"channels\":[");
      for (Channel each : s.delayed()) {
        out.separate().quoted(each.text());
      }
      out.put(']');
    }
    if (s.since() > 0) {
      out.ascii(",\"since\":").number(s.since());
    }
    if (!s.announced().isEmpty()) {
      out.ascii(",\"announced\":[");
      for (Announcement each : s.announced()) {
        out.separate().ascii("{\"id\":").quoted(each.id());
        out.ascii(",\"state\":").quoted(each.state());
        out.ascii(",\"detail\":").quoted(each.detail());
        out.ascii(",\"from\":").number(each.from()).ascii(",\"until\":").number(each.until());
        out.put('}');
      }
      out.put(']');
    }
  }

  private static void candle(Candle c, Text out) {
    out.ascii(",\"start\":").number(c.start());
    field(out, ",\"open\":\"", c.open());
    field(out, ",\"high\":\"", c.high());
    field(out, ",\"low\":\"", c.low());
    field(out, ",\"close\":\"", c.close());
    field(out, ",\"volume\":\"", c.volume());
    out.ascii(",\"trades\":").number(c.trades()).ascii(",\"closed\":").bool(c.closed());
  }

  private static void field(Text out, String opening, @Nullable Decimal value) {
    if (value != null) {
      out.ascii(opening).ascii(value.toString()).put('"');
    }
  }

  @Override
  public void checksum(long crc, Text out) {
    out.ascii(",\"checksum\":").number(crc);
  }

  @Override
  public void meta(int merged, int window, Times times, Text out) {
    out.ascii(",\"merged\":").number(merged).ascii(",\"window\":").number(window);
    out.ascii(",\"age\":").number(times.age());
    out.ascii(",\"received\":").number(times.received());
    out.ascii(",\"sent\":").number(times.sent());
  }
}
