package dev.tidegate.stream;

import dev.tidegate.bus.Announcements.Announcement;
import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Candle;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Status;
import dev.tidegate.bus.Markets.Ticker;
import org.jspecify.annotations.Nullable;

/**
 * The ticker, a candle or ({@link StatusTopic}) the status of a symbol: each message says all there
 * is, so the last one wins; of candles the last one of every bar.
 */
class LatestTopic extends Topic {
  private final String interval;
  private @Nullable Event latest;

  LatestTopic(int id, String symbol, Channel channel, String interval, Versions versions) {
    super(id, symbol, channel, 64, versions);
    this.interval = interval;
  }

  void follow(long newSeq, long newTime, Event event) {
    add(newSeq, newTime, remembered(event));
  }

  @Override
  Event remembered(Event event) {
    latest = event;
    return event;
  }

  @Override
  void forget() {
    latest = null;
  }

  @Override
  void name(Text out) {
    switch (channel) {
      case CANDLES -> {
        out.ascii("{\"channel\":\"candles\",\"symbol\":").quoted(symbol);
        out.ascii(",\"interval\":").quoted(interval);
      }
      case STATUS -> out.ascii("{\"channel\":\"status\",\"symbol\":").quoted(symbol);
      default -> out.ascii("{\"channel\":\"ticker\",\"symbol\":").quoted(symbol);
    }
  }

  @Override
  void write(int from, boolean each, Shape shape, Text out) {
    int last = ring.size() - 1;
    // What comes first in an epoch tells of it, and may have come when nothing was known yet.
    if (broken(Math.max(0, from - 1))) {
      snapshot(shape, out);
    } else if (shape.extras()) {
      message(ring.at(last), false, out);
      finish(shape, ring.size() - from, out);
    } else {
      for (int i = each ? from : last; i < last; i++) {
        separate(out);
        out.raw(text(ring.at(i)));
      }
      if (!each) {
        closedBars(from, last, out);
      }
      separate(out);
      out.raw(text(ring.at(last)));
    }
  }

  @Override
  void snapshot(Shape shape, Text out) {
    Event event = latest;
    if (event != null) {
      message(new Entry(version, seq, seq, time, event), true, out);
      finish(shape, 0, out);
    }
  }

  private void closedBars(int from, int last, Text out) {
    for (int i = from; channel == Channel.CANDLES && i < last; i++) {
      if (start(i) != start(i + 1)) {
        separate(out);
        out.raw(text(ring.at(i)));
      }
    }
  }

  private long start(int index) {
    return ring.at(index).event instanceof Candle candle ? candle.start() : 0;
  }

  private byte[] text(Entry entry) {
    byte @Nullable [] text = entry.text;
    if (text == null) {
      Text out = new Text(256);
      message(entry, false, out);
      text = out.put('}').copyFrom(0);
      entry.text = text;
    }
    return text;
  }

  private void message(Entry entry, boolean snapshot, Text out) {
    separate(out);
    name(out);
    if (snapshot) {
      out.ascii(",\"kind\":\"snapshot\",\"epoch\":").quoted(epoch);
    }
    out.ascii(",\"seq\":").number(entry.seq).ascii(",\"time\":").number(entry.time);
    switch (entry.event) {
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
        separate(out);
        out.quoted(StatusTopic.name(each));
      }
      out.put(']');
    }
    if (s.since() > 0) {
      out.ascii(",\"since\":").number(s.since());
    }
    if (!s.announced().isEmpty()) {
      out.ascii(",\"announced\":[");
      for (Announcement each : s.announced()) {
        separate(out);
        out.ascii("{\"id\":").quoted(each.id()).ascii(",\"state\":").quoted(each.state());
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
}
