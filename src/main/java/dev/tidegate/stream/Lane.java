package dev.tidegate.stream;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The topics of one session that share a form and a window, and how far it has come in them: one
 * version for all, and a few joins for topics that stand elsewhere for the moment.
 */
final class Lane {
  final Session session;
  final Shape shape;

  /** The topics that the client asked for; what the ladder makes of them is the cohort's. */
  private final List<Topic> topics = new ArrayList<>(1);

  @Nullable Cohort cohort;

  /** The place among the cohort's members. */
  int slot;

  /** What the client gave up just now: should the ladder bring it back, it begins afresh. */
  @Nullable Topic removed;

  long cursor;
  private List<Join> joins = List.of();

  Lane(Session session, Shape shape) {
    this.session = session;
    this.shape = shape;
  }

  /** Whether the lane stands where the cohort stood at its last flush. */
  boolean inStep(long flushed) {
    return cursor == flushed && joins.isEmpty();
  }

  boolean behind() {
    Cohort now = cohort;
    return anyDue() || (now != null && cursor < now.flushed());
  }

  /** The source's time of the oldest entry that the client was not sent; MAX_VALUE for none. */
  long oldestUnsent() {
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

  private boolean anyDue() {
    for (int i = 0; i < joins.size(); i++) {
      if (!joins.get(i).waits()) {
        return true;
      }
    }
    return false;
  }

  List<Topic> topics() {
    return topics;
  }

  void add(Topic topic) {
    topics.add(topic);
  }

  void remove(Topic topic) {
    topics.remove(topic);
    removed = topic;
    forget(topic);
  }

  List<Join> joins() {
    return joins;
  }

  void join(Join join) {
    if (joins.isEmpty()) {
      joins = new ArrayList<>(4);
    }
    joins.removeIf(old -> old.topic == join.topic);
    joins.add(join);
  }

  void settle(List<Join> left) {
    joins = left.isEmpty() ? List.of() : left;
  }

  private void forget(Topic topic) {
    if (!joins.isEmpty()) {
      joins.removeIf(join -> join.topic == topic);
    }
  }

  /** Drops the joins of other topics. */
  void keepOnly(List<Topic> kept) {
    if (!joins.isEmpty()) {
      joins.removeIf(join -> !kept.contains(join.topic));
    }
  }

  boolean joining(Topic topic) {
    for (int i = 0; i < joins.size(); i++) {
      if (joins.get(i).topic == topic) {
        return true;
      }
    }
    return false;
  }
}
