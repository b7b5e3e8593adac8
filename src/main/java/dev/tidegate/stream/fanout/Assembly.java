package dev.tidegate.stream.fanout;

import dev.tidegate.loop.Loop;
import dev.tidegate.stream.encode.FrameCache;
import dev.tidegate.stream.encode.Framed;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.encode.Shape;
import dev.tidegate.stream.encode.Tally;
import dev.tidegate.stream.encode.Text;
import dev.tidegate.stream.observe.StreamMeters;
import dev.tidegate.stream.topic.Topic;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes frames of what topics have to say: one for a whole cohort, or what one reader needs. It
 * writes one after the other into the same buffer.
 */
final class Assembly {
  private final Loop loop;
  private final Frames frames;
  private final Pressure pressure;
  private final Pictures pictures;
  private final StreamMeters meters;
  private final Tally tally = new Tally();
  private final Text scratch = new Text(64 * 1024, tally);
  private final List<FrameCache> cached = new ArrayList<>();
  private int counting;

  Assembly(Loop loop, Frames frames, Pressure pressure, Pictures pictures, StreamMeters meters) {
    this.loop = loop;
    this.frames = frames;
    this.pressure = pressure;
    this.pictures = pictures;
    this.meters = meters;
  }

  /** One more, or with -1 one less, wants to know which messages there were. */
  void counting(int change) {
    counting += change;
    if (tally.on() != (counting > 0)) {
      tally.on(counting > 0);
      release();
    }
  }

  /** Frames are shared within a turn. */
  void release() {
    for (int i = 0; i < cached.size(); i++) {
      cached.get(i).release();
    }
    cached.clear();
  }

  /**
   * The frame that takes a cohort's members from the version to now; null when each has to be
   * looked at alone. The caller releases it.
   */
  @Nullable Framed assemble(Shape wanted, List<Topic> dirty, long from) {
    Shape shape = inForce(wanted);
    boolean each = shape.window() == 0 && pressure.window(shape) == 0;
    for (int i = 0; i < dirty.size(); i++) {
      if (!dirty.get(i).ring.covers(from) || pictures.needed(dirty.get(i), from)) {
        return null;
      }
    }
    if (dirty.size() == 1 && !shape.extras()) {
      return single(dirty.getFirst(), from, each, shape);
    }
    Text out = begin(shape);
    for (int i = 0; i < dirty.size(); i++) {
      dirty.get(i).catchUp(from, each, shape, out);
    }
    assembled(dirty.getFirst());
    return shape.codec().messages.isEmpty(out) ? null : framed(shape, out);
  }

  private @Nullable Framed single(Topic topic, long from, boolean each, Shape shape) {
    int first = topic.ring.after(from);
    if (first == topic.ring.size()) {
      return null;
    }
    long key = topic.ring.at(first).version;
    FrameCache cache = topic.frames(shape.codec());
    Framed frame = cache.get(key, each, shape);
    if (frame == null) {
      Text out = begin(shape);
      topic.write(first, each, shape, out);
      if (shape.codec().messages.isEmpty(out)) {
        return null;
      }
      frame = framed(shape, out);
      if (cache.isEmpty()) {
        cached.add(cache);
      }
      cache.put(key, each, shape, frame);
      assembled(topic);
    }
    frame.bytes().retain();
    return frame;
  }

  void assembled(Topic topic) {
    meters.assembled(topic.channel, topic.time, loop.millis());
  }

  /** Who asks for it is told the window that is in force, not the one that was asked for. */
  Shape inForce(Shape shape) {
    return shape.meta() && pressure.level() > 0 ? shape.withWindow(pressure.window(shape)) : shape;
  }

  Text begin(Shape shape) {
    shape.codec().messages.begin(scratch.reset());
    return scratch;
  }

  private Framed framed(Shape shape, Text out) {
    return new Framed(frames.batch(out, shape), tally.sum());
  }

  /** What was written for one reader, if anything was; the next begins. */
  @Nullable Framed taken(Shape shape, Text out) {
    if (shape.codec().messages.isEmpty(out)) {
      return null;
    }
    meters.odd();
    Framed frame = framed(shape, out);
    begin(shape);
    return frame;
  }

  /** A part of a picture, from 0. */
  Framed part(Picture picture, int part) {
    meters.odd();
    Tally.Sum said = tally.on() ? picture.said(tally) : Tally.Sum.NONE;
    return new Framed(pictures.frame(picture, part), said);
  }
}
