package dev.tidegate.stream.topic;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.stream.encode.Codec;
import dev.tidegate.stream.encode.Messages;
import dev.tidegate.stream.encode.Shape;
import dev.tidegate.stream.encode.Subject;
import dev.tidegate.stream.encode.Text;

/** Of a channel on which each event counts: nothing is ever merged away, a batch lists them all. */
public final class EventsTopic extends Topic {
  /** So many events in one message; a longer backlog goes out in pieces. */
  public static final int PIECE = 512;

  public EventsTopic(int id, String symbol, Channel channel, int keep, Versions versions) {
    super(id, new Subject(channel, symbol, 0, ""), keep, versions);
  }

  /** Who gathers for a while has its part before room is made for more. */
  @Override
  public void follow(long newSeq, long newTime, Event event) {
    if (ring.full()) {
      lastCall(ring.at(0).version);
    }
    super.follow(newSeq, newTime, event);
  }

  /** Says that what lies before the oldest that is kept is gone. */
  public void gap(Shape shape, Text out) {
    Messages messages = shape.codec().messages;
    int opened = messages.open(out);
    long reached = ring.size() == 0 ? seq : ring.at(0).prevSeq;
    messages.reset(subject, numbering(), reached, out);
    messages.close(opened, out);
    begun(reached, out);
  }

  @Override
  public void write(int from, boolean each, Shape shape, Text out) {
    int next = from;
    while (next < ring.size()) {
      next = piece(next, shape, out);
    }
  }

  /** Appends one message; the version that it reaches. */
  public long piece(long cursor, Shape shape, Text out) {
    int from = ring.after(cursor);
    return from == ring.size() ? cursor : ring.at(piece(from, shape, out) - 1).version;
  }

  public int backlog(long cursor) {
    return ring.size() - ring.after(cursor);
  }

  @Override
  public void snapshot(Shape shape, Text out) {
    // A reader who knows nothing learns only what is to come.
  }

  /** Appends one message and gives the index of the entry that is next. */
  private int piece(int from, Shape shape, Text out) {
    Messages messages = shape.codec().messages;
    Entry first = ring.at(from);
    int opened = messages.open(out);
    if (first.event == null) {
      messages.reset(subject, numbering(), first.seq, out);
      messages.close(opened, out);
      begun(first.seq, out);
      return from + 1;
    }
    int to = Math.min(ring.size(), from + PIECE);
    int events = messages.beginEvents(subject, first.prevSeq, ring.at(to - 1).seq, out);
    for (int i = from; i < to; i++) {
      messages.append(written(ring.at(i), shape.codec()), out);
    }
    messages.endEvents(events, out);
    meta(shape, to - from, out);
    messages.close(opened, out);
    said(ring.at(to - 1).seq, out);
    return to;
  }

  private static byte[] written(Entry entry, Codec codec) {
    byte[] written = entry.written(codec);
    if (written == null) {
      Text out = new Text(160);
      codec.messages.event(entry.seq, entry.time, entry.event, out);
      written = entry.written(codec, out.copyFrom(0));
    }
    return written;
  }
}
