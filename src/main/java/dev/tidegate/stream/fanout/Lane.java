package dev.tidegate.stream.fanout;

import dev.tidegate.stream.encode.Shape;
import dev.tidegate.stream.topic.Topic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The topics of one session that share a form and a window, and how far it has come in them: one
 * version for all, and a few joins for topics that stand elsewhere for the moment.
 */
public final class Lane {
  final Reader reader;
  public final Shape shape;

  /** The topics that the client asked for; what the ladder makes of them is the cohort's. */
  private final List<Topic> topics = new ArrayList<>(1);

  @Nullable public Cohort cohort;

  /** The place among the cohort's members. */
  int slot;

  /** What the client gave up just now: should the ladder bring it back, it begins afresh. */
  private Set<Topic> removed = Set.of();

  public long cursor;
  private Map<Topic, Join> joins = Map.of();

  public Lane(Reader reader, Shape shape) {
    this.reader = reader;
    this.shape = shape;
  }

  /** Whether the lane stands where the cohort stood at its last flush. */
  boolean inStep(long flushed) {
    return cursor == flushed && joins.isEmpty();
  }

  public boolean behind() {
    Cohort now = cohort;
    return anyDue() || (now != null && cursor < now.flushed());
  }

  /** The source's time of the oldest entry that the client was not sent; MAX_VALUE for none. */
  public long oldestUnsent() {
    Cohort now = cohort;
    long oldest = Long.MAX_VALUE;
    List<Topic> followed = now == null ? List.of() : now.topics();
    for (int i = 0; i < followed.size(); i++) {
      Topic topic = followed.get(i);
      int first = topic.version > cursor ? topic.ring.after(cursor) : topic.ring.size();
      if (first < topic.ring.size()) {
        oldest = Math.min(oldest, topic.ring.at(first).time);
      }
    }
    return oldest;
  }

  /** Adds topics of which there is more than the client was given, as long as there is room. */
  public void unsent(List<Topic> to, int most) {
    Cohort now = cohort;
    List<Topic> followed = now == null ? List.of() : now.topics();
    for (int i = 0; i < followed.size() && to.size() < most; i++) {
      Topic topic = followed.get(i);
      Join join = joins.get(topic);
      if (join == null ? topic.ring.after(cursor) < topic.ring.size() : !join.waits()) {
        to.add(topic);
      }
    }
  }

  private boolean anyDue() {
    for (Join join : joins.values()) {
      if (!join.waits()) {
        return true;
      }
    }
    return false;
  }

  public List<Topic> topics() {
    return topics;
  }

  public void add(Topic topic) {
    topics.add(topic);
  }

  public void remove(Set<Topic> gone) {
    if (!gone.isEmpty()) {
      topics.removeIf(gone::contains);
      removed = gone;
      if (!joins.isEmpty()) {
        gone.forEach(joins::remove);
      }
    }
  }

  /** What was removed since the lane was placed last. */
  boolean lost(Topic topic) {
    return removed.contains(topic);
  }

  void placed() {
    removed = Set.of();
  }

  Collection<Join> joins() {
    return joins.values();
  }

  public void join(Join join) {
    if (joins.isEmpty()) {
      joins = new LinkedHashMap<>(4);
    }
    joins.put(join.topic, join);
  }

  void settle(List<Join> left) {
    joins = Map.of();
    left.forEach(this::join);
  }

  /** Drops the joins of other topics. */
  void keepOnly(List<Topic> kept) {
    if (!joins.isEmpty()) {
      joins.keySet().retainAll(new HashSet<>(kept));
    }
  }

  boolean joining(Topic topic) {
    return joins.containsKey(topic);
  }

  /** Null when the topic stands where the lane does. */
  @Nullable
  public Join joinOf(Topic topic) {
    return joins.get(topic);
  }
}
