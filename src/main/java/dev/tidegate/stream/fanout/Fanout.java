package dev.tidegate.stream.fanout;

import dev.tidegate.loop.Latch;
import dev.tidegate.loop.Loop;
import dev.tidegate.stream.encode.Framed;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.encode.Shape;
import dev.tidegate.stream.encode.Text;
import dev.tidegate.stream.observe.StreamMeters;
import dev.tidegate.stream.topic.Topic;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Moves cursors: collects what changed in a turn of the event loop, flushes each cohort when its
 * window allows, and brings the odd ones (joiners, laggards) up from where they stand.
 */
public final class Fanout implements Topic.Versions {
  /** A frame for one session is cut after so much; what does not fit waits for the socket. */
  private static final int CUT = 64 * 1024;

  /** So many sockets are written to before the loop looks at its other work. */
  private static final int SLICE = 1024;

  /** After a failure, before those whom it has left behind are looked at. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Loop loop;
  private final Frames frames;
  private final Pressure pressure;
  private final StreamMeters meters;
  private final Wheel wheel;
  private final Map<Cohort.Key, Cohort> cohorts = new HashMap<>();
  private final ArrayDeque<Cohort> due = new ArrayDeque<>();
  private final ArrayDeque<Reader> touched = new ArrayDeque<>();
  private final ArrayDeque<Reader> retries = new ArrayDeque<>();
  private final ArrayDeque<Runnable> afterwards = new ArrayDeque<>();
  private long version = 1;
  private final Latch turns;
  private final Pictures pictures;
  private final Advance advance;
  private final Assembly assembly;

  /** Those whose flush has failed. */
  private final List<Reader> unflushed = new ArrayList<>();

  private final Runnable recovery = this::recover;

  /** After a failure, until all have been looked at. */
  private boolean recovering;

  /** The last turn left sockets to be written to; nobody gets more before they had theirs. */
  private boolean carrying;

  private Consumer<Reader> onLagging = reader -> {};

  /**
   * @param large which books have a snapshot that is made once for all who join
   */
  public Fanout(
      Loop loop, Frames frames, Pressure pressure, StreamMeters meters, Pictures.Sizes large) {
    this.loop = loop;
    this.frames = frames;
    this.pressure = pressure;
    this.meters = meters;
    this.wheel = new Wheel(loop);
    this.pictures = new Pictures(loop, frames, large);
    this.advance = new Advance(pictures);
    this.assembly = new Assembly(loop, frames, pressure, pictures, meters);
    this.turns = new Latch(loop, "fan-out", this::turn);
  }

  @Override
  public long next() {
    return ++version;
  }

  @Override
  public long current() {
    return version;
  }

  @Override
  public long millis() {
    return loop.millis();
  }

  public Pressure pressure() {
    return pressure;
  }

  public Wheel wheel() {
    return wheel;
  }

  public int cohorts() {
    return cohorts.size();
  }

  /** Puts a lane among its like, for the given topics and form. */
  void place(Lane lane, Shape shape, List<Topic> topics) {
    leave(lane);
    if (topics.isEmpty()) {
      return;
    }
    meters.grouped();
    Cohort.Key key = Cohort.Key.of(shape, topics);
    Cohort cohort = cohorts.get(key);
    if (cohort == null) {
      cohort = new Cohort(key, this, version, loop.nanos() - 1_000_000L * shape.window());
      cohorts.put(key, cohort);
      for (Topic topic : key.topics()) {
        topic.join(cohort);
      }
    }
    cohort.add(lane);
  }

  public void leave(Lane lane) {
    Cohort cohort = lane.cohort;
    if (cohort == null) {
      return;
    }
    cohort.remove(lane);
    if (cohort.size() == 0) {
      cohorts.remove(cohort.key);
      for (Topic topic : cohort.topics()) {
        topic.leave(cohort);
      }
    }
  }

  /** A cohort has news: it is flushed at the end of this turn, or when its window has passed. */
  void queue(Cohort cohort) {
    int window = pressure.window(cohort.shape());
    if (window > 0) {
      long at = cohort.lastFlush() + window * 1_000_000L;
      if (at > loop.nanos()) {
        cohort.dueAt(at);
        wheel.add(cohort);
        return;
      }
    }
    flushNow(cohort);
  }

  void flushNow(Cohort cohort) {
    due.add(cohort);
    turns.ask();
  }

  /** Before the turn ends: what the cohort has yet to be given is about to go. */
  void flushAtOnce(Cohort cohort) {
    cohort.flush(loop.nanos());
    flushSessions(); // so that their sockets can be written to again
    turns.ask();
  }

  /** The session was written to and wants a flush at the end of the turn. */
  public void touched(Reader reader) {
    touched.add(reader);
    turns.ask();
  }

  /** Runs it once, when what has changed until then was written. */
  public void afterwards(Runnable what) {
    afterwards.add(what);
    turns.ask();
  }

  /** One more, or with -1 one less, wants to know which messages it is given. */
  public void counting(int change) {
    assembly.counting(change);
  }

  void onLagging(Consumer<Reader> listener) {
    onLagging = listener;
  }

  public void lagging(Reader reader) {
    onLagging.accept(reader);
  }

  /** The session can be written to again, or stands behind for another reason. */
  public void retry(Reader reader) {
    retries.add(reader);
    turns.ask();
  }

  private void turn() {
    if (carrying) {
      flushSessions();
    }
    if (!carrying) {
      moveAll(loop.nanos());
      flushSessions();
    }
    if (carrying
        || !retries.isEmpty()
        || !due.isEmpty()
        || !afterwards.isEmpty()
        || !touched.isEmpty()) {
      turns.ask();
    }
  }

  /**
   * Only what was there when it began; each leaves its queue before it is moved, so that whatever
   * is thrown the others are still to come.
   */
  @SuppressWarnings("CatchThrowable") // an OutOfMemoryError of a buffer is no exception
  private void moveAll(long now) {
    for (int left = retries.size(); left > 0; left--) {
      Reader reader = retries.remove();
      try {
        reader.catchUp(now);
      } catch (Throwable e) {
        failed("catching up", e);
      }
    }
    for (int left = due.size(); left > 0; left--) {
      Cohort cohort = due.remove();
      try {
        cohort.flush(now);
      } catch (Throwable e) {
        cohort.doubt();
        failed("a flush", e);
      }
    }
    assembly.release();
    for (int left = afterwards.size(); left > 0; left--) {
      Runnable next = afterwards.remove();
      try {
        next.run();
      } catch (Throwable e) {
        failed("a heartbeat", e);
      }
    }
  }

  /** What goes wrong with one does not keep the others from their data, and is made up for. */
  @SuppressWarnings("CatchThrowable") // there may be no memory for the timer either
  void failed(String what, Throwable why) {
    loop.failed(what, why);
    if (!recovering) {
      try {
        loop.after(PAUSE, recovery);
        recovering = true;
      } catch (Throwable e) {
        loop.failed(what, e);
      }
    }
  }

  /** Looks at everybody: who was left behind has another chance. */
  private void recover() {
    recovering = false;
    cohorts.values().forEach(Cohort::recover);
    unflushed.forEach(this::touched);
    unflushed.clear();
  }

  /** A system call each: after so many, whoever else waits for the loop has a turn. */
  @SuppressWarnings("CatchThrowable") // as above
  private void flushSessions() {
    for (int left = Math.min(SLICE, touched.size()); left > 0; left--) {
      Reader reader = touched.remove();
      try {
        reader.flush();
      } catch (Throwable e) {
        failed("a flush of a socket", e);
        unflushed.add(reader);
      }
    }
    carrying = !touched.isEmpty();
  }

  /** As {@link Assembly#assemble}. */
  @Nullable Framed assemble(Cohort cohort, List<Topic> dirty, long from) {
    return assembly.assemble(cohort.shape(), dirty, from);
  }

  /** Brings one lane from its own cursors to now, as far as the socket takes it. */
  public void move(Lane lane) {
    Cohort cohort = lane.cohort;
    if (cohort == null) {
      return;
    }
    advance.takeMore();
    long from = lane.cursor;
    List<Join> left = new ArrayList<>(0);
    Shape shape = assembly.inForce(cohort.shape());
    Text out = assembly.begin(shape);
    for (Join join : lane.joins()) {
      follow(lane.reader, join, shape, out, left);
    }
    List<Topic> topics = cohort.topics();
    for (int i = 0; i < topics.size(); i++) {
      Topic topic = topics.get(i);
      if (topic.version > from && !lane.joining(topic)) {
        assembly.assembled(topic);
        follow(lane.reader, Join.from(topic, from), shape, out, left);
      }
    }
    send(lane.reader, shape, out);
    lane.cursor = version;
    lane.settle(left);
    if (advance.takeMore()) { // not before it was written: who fails waits for the recovery
      lane.reader.again();
    }
  }

  private void follow(Reader reader, Join join, Shape shape, Text out, List<Join> left) {
    if (out.length() > CUT) {
      send(reader, shape, out);
    }
    Join next = reader.open() ? advance.take(join, reader, shape, out) : null;
    if (next != null && next.picture != null) {
      next = show(reader, next, next.picture, shape, out);
    }
    if (next != null) {
      left.add(next);
    }
  }

  /**
   * Gives the reader as much of the picture as the socket may hold; what is left of it, and what
   * followed it, is said when that has left.
   */
  private @Nullable Join show(Reader reader, Join join, Picture picture, Shape shape, Text out) {
    send(reader, shape, out);
    int part = join.part;
    for (; part < picture.parts() && hasRoom(reader); part++) {
      Framed frame = assembly.part(picture, part);
      reader.share(frame.bytes(), frame.said());
    }
    if (part == 0) {
      return Join.fresh(join.topic, join.seen);
    }
    if (part == picture.parts() && picture.version == picture.book.version) {
      return null;
    }
    reader.again();
    return part < picture.parts()
        ? Join.with(picture, part)
        : Join.from(picture.book, picture.version);
  }

  /** The sequence at which the topic begins for who has seen nothing of it after the version. */
  public long begins(Topic topic, long seen, Shape shape) {
    return pictures.begins(topic, seen, shape);
  }

  private void send(Reader reader, Shape shape, Text out) {
    Framed frame = assembly.taken(shape, out);
    if (frame != null) {
      reader.write(frame.bytes(), frame.said());
    }
  }

  private static boolean hasRoom(Reader reader) {
    return reader.open() && reader.pending() <= Advance.ENOUGH;
  }

  /** Bytes of snapshots that are there once for all who get them. */
  public long shared() {
    return pictures.bytes();
  }

  public void close() {
    pictures.close();
    frames.close();
  }
}
