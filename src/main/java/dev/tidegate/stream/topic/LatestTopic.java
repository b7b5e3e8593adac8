package dev.tidegate.stream.topic;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.stream.encode.Codec;
import dev.tidegate.stream.encode.Messages;
import dev.tidegate.stream.encode.Shape;
import dev.tidegate.stream.encode.Subject;
import dev.tidegate.stream.encode.Text;
import org.jspecify.annotations.Nullable;

/**
 * The ticker or ({@link StatusTopic}) the status of a symbol: each message says all there is, so
 * the last one wins; of candles ({@link CandlesTopic}) the last one of every bar.
 */
public class LatestTopic extends Topic {
  private @Nullable Event latest;

  private static final int KEEP = 64;

  public LatestTopic(int id, String symbol, Channel channel, Versions versions) {
    this(id, symbol, channel, "", KEEP, versions);
  }

  LatestTopic(
      int id, String symbol, Channel channel, String interval, int keep, Versions versions) {
    super(id, new Subject(channel, symbol, 0, interval), keep, versions);
  }

  final @Nullable Event latest() {
    return latest;
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
  public void write(int from, boolean each, Shape shape, Text out) {
    int last = ring.size() - 1;
    // What comes first in an epoch tells of it, and may have come when nothing was known yet.
    if (broken(Math.max(0, from - 1))) {
      snapshot(shape, out);
    } else if (shape.extras()) {
      message(ring.at(last), shape, ring.size() - from, out);
    } else {
      Codec codec = shape.codec();
      for (int i = each ? from : last; i <= last; i++) {
        codec.messages.append(written(ring.at(i), codec), out);
        said(ring.at(i).seq, out);
      }
    }
  }

  @Override
  public void snapshot(Shape shape, Text out) {
    Event event = latest;
    if (event != null) {
      Messages messages = shape.codec().messages;
      int opened = messages.open(out);
      messages.latest(subject, numbering(), seq, time, event, out);
      end(opened, shape, 0, out);
      begun(seq, out);
    }
  }

  /** Appends an entry as the first of a numbering. */
  final void first(Entry entry, Shape shape, Text out) {
    Messages messages = shape.codec().messages;
    int opened = messages.open(out);
    messages.latest(subject, numbering(), entry.seq, entry.time, entry.event, out);
    end(opened, shape, 0, out);
    begun(entry.seq, out);
  }

  final byte[] written(Entry entry, Codec codec) {
    byte[] written = entry.written(codec);
    if (written == null) {
      Text out = new Text(256);
      int opened = codec.messages.open(out);
      codec.messages.latest(subject, null, entry.seq, entry.time, entry.event, out);
      codec.messages.close(opened, out);
      written = entry.written(codec, out.copyFrom(0));
    }
    return written;
  }

  final void message(Entry entry, Shape shape, int merged, Text out) {
    Messages messages = shape.codec().messages;
    int opened = messages.open(out);
    messages.latest(subject, null, entry.seq, entry.time, entry.event, out);
    end(opened, shape, merged, out);
    said(entry.seq, out);
  }

  private void end(int opened, Shape shape, int merged, Text out) {
    meta(shape, merged, out);
    shape.codec().messages.close(opened, out);
  }
}
