package dev.tidegate.stream;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Trade;
import org.jspecify.annotations.Nullable;

/** The trades of a symbol. Nothing is ever merged away: a batch lists every trade. */
final class TradesTopic extends Topic {
  /** So many trades in one message; a longer backlog goes out in pieces. */
  static final int PIECE = 512;

  TradesTopic(int id, String symbol, int keep, Versions versions) {
    super(id, symbol, Channel.TRADES, keep, versions);
  }

  @Override
  void name(Text out) {
    out.ascii("{\"channel\":\"trades\",\"symbol\":").quoted(symbol);
  }

  @Override
  void write(int from, boolean each, Shape shape, Text out) {
    int next = from;
    while (next < ring.size()) {
      next = piece(next, shape, out);
    }
  }

  /** Appends one message; the version that it reaches. */
  long piece(long cursor, Shape shape, Text out) {
    int from = ring.after(cursor);
    return from == ring.size() ? cursor : ring.at(piece(from, shape, out) - 1).version;
  }

  int backlog(long cursor) {
    return ring.size() - ring.after(cursor);
  }

  @Override
  void snapshot(Shape shape, Text out) {
    // A reader who knows nothing learns only what is to come.
  }

  /** Appends one message and gives the index of the entry that is next. */
  private int piece(int from, Shape shape, Text out) {
    Entry first = ring.at(from);
    separate(out);
    name(out);
    if (first.event == null) {
      out.ascii(",\"kind\":\"reset\",\"epoch\":").quoted(epoch).ascii(",\"recovered\":false");
      out.ascii(",\"seq\":").number(first.seq).ascii(",\"trades\":[]}");
      return from + 1;
    }
    int to = Math.min(ring.size(), from + PIECE);
    Entry last = ring.at(to - 1);
    out.ascii(",\"prevSeq\":").number(first.prevSeq).ascii(",\"seq\":").number(last.seq);
    out.ascii(",\"trades\":[");
    for (int i = from; i < to; i++) {
      separate(out);
      out.raw(text(ring.at(i)));
    }
    out.put(']');
    finish(shape, to - from, out);
    return to;
  }

  private static byte[] text(Entry entry) {
    byte @Nullable [] text = entry.text;
    if (text == null) {
      Text out = new Text(160).ascii("{\"seq\":").number(entry.seq);
      if (entry.event instanceof Trade trade) {
        out.ascii(",\"id\":").quoted(trade.id());
        out.ascii(",\"price\":\"").ascii(trade.price().toString());
        out.ascii("\",\"size\":\"").ascii(trade.size().toString());
        out.ascii("\",\"side\":").quoted(trade.side());
      }
      text = out.ascii(",\"time\":").number(entry.time).put('}').copyFrom(0);
      entry.text = text;
    }
    return text;
  }
}
