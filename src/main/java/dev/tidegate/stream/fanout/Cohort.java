package dev.tidegate.stream.fanout;

import dev.tidegate.stream.encode.Framed;
import dev.tidegate.stream.encode.Shape;
import dev.tidegate.stream.topic.Follower;
import dev.tidegate.stream.topic.Topic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of all sessions that want the same topics in the same form. Its frame is assembled once
 * per flush; members that stand elsewhere get one from their own cursor.
 */
public final class Cohort implements Wheel.Timed, Follower {
  /** What makes two lanes alike. Topics are in the order of their ids. */
  public record Key(Shape shape, List<Topic> topics) {
    private Key(Shape shape, Topic[] topics) {
      this(shape, List.of(topics));
    }

    public static Key of(Shape shape, List<Topic> topics) {
      Topic[] sorted = topics.toArray(Topic[]::new);
      Arrays.sort(sorted, (a, b) -> Integer.compare(a.id, b.id));
      return new Key(shape, sorted);
    }
  }

  final Key key;
  private final Fanout fanout;
  private final List<Topic> dirty = new ArrayList<>(4);
  private @Nullable Lane[] members = new Lane[2];
  private int size;
  private int turn;
  private long flushed;
  private boolean queued;
  private boolean doubted;
  private long lastFlush;
  private long dueAt;

  Cohort(Key key, Fanout fanout, long flushed, long lastFlush) {
    this.key = key;
    this.fanout = fanout;
    this.flushed = flushed;
    this.lastFlush = lastFlush;
  }

  public Shape shape() {
    return key.shape();
  }

  List<Topic> topics() {
    return key.topics();
  }

  public boolean has(Topic topic) {
    List<Topic> topics = key.topics();
    int low = 0;
    int high = topics.size() - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (topics.get(middle).id < topic.id) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == high && topics.get(low) == topic;
  }

  long flushed() {
    return flushed;
  }

  long lastFlush() {
    return lastFlush;
  }

  int size() {
    return size;
  }

  void add(Lane lane) {
    if (size == members.length) {
      members = Arrays.copyOf(members, size * 2);
    }
    lane.cohort = this;
    lane.slot = size;
    members[size++] = lane;
  }

  void remove(Lane lane) {
    Lane last = members[--size];
    members[size] = null;
    if (last != null && last != lane) {
      last.slot = lane.slot;
      members[lane.slot] = last;
    }
    lane.cohort = null;
  }

  /** Throws nothing: the topic has others to tell. */
  @Override
  @SuppressWarnings("CatchThrowable") // there may be no memory to note it
  public void touch(Topic topic, long previous) {
    try {
      if (previous <= flushed) {
        dirty.add(topic);
      }
      wake();
    } catch (Throwable e) {
      doubt();
      fanout.failed("a change", e);
    }
  }

  @Override
  @SuppressWarnings("CatchThrowable") // as above
  public void lastCall(Topic topic, long version) {
    try {
      if (flushed < version) {
        fanout.flushAtOnce(this);
      }
    } catch (Throwable e) {
      doubt();
      fanout.failed("a flush", e);
    }
  }

  /**
   * What has changed is not known for certain: each member is looked at alone at the next flush.
   */
  void doubt() {
    doubted = true;
  }

  /** After a failure: whoever stands behind has another chance. */
  void recover() {
    if (doubted) {
      wake();
    }
    for (int i = 0; i < size; i++) {
      Lane lane = members[i];
      if (lane != null && lane.behind()) {
        lane.reader.again();
      }
    }
  }

  /** Makes sure that there is a flush to come. */
  void wake() {
    if (!queued) {
      fanout.queue(this);
      queued = true;
    }
  }

  /** Takes every member that can be written to from where it stands to now. */
  void flush(long nanos) {
    queued = false;
    lastFlush = nanos;
    long from = flushed;
    long to = fanout.current();
    Framed frame = doubted || dirty.isEmpty() ? null : fanout.assemble(this, dirty, from);
    flushed = to;
    dirty.clear();
    doubted = false;
    try {
      give(frame, nanos, from, to);
    } finally {
      if (frame != null) {
        frame.bytes().release();
      }
    }
  }

  /** Begins with another member each time, so that nobody is always last. */
  @SuppressWarnings("CatchThrowable") // the others are to have theirs
  private void give(@Nullable Framed frame, long nanos, long from, long to) {
    int start = size == 0 ? 0 : Math.floorMod(turn++, size);
    for (int i = 0; i < size; i++) {
      Lane lane = members[start + i < size ? start + i : start + i - size];
      try {
        if (lane != null && lane.reader.ready(nanos)) {
          give(lane, frame, from, to);
        }
      } catch (Throwable e) {
        fanout.failed("a frame for one", e);
      }
    }
  }

  private void give(Lane lane, @Nullable Framed shared, long from, long to) {
    if (shared == null || !lane.inStep(from)) {
      fanout.move(lane);
    } else {
      lane.reader.write(shared.bytes().retainedDuplicate(), shared.said());
      lane.cursor = to;
    }
  }

  @Override
  public long dueAt() {
    return dueAt;
  }

  void dueAt(long nanos) {
    dueAt = nanos;
  }

  @Override
  public void due() {
    fanout.flushNow(this);
  }
}
