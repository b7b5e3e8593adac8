package dev.tidegate.stream.fanout;

import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.encode.Shape;
import dev.tidegate.stream.observe.LoadMeters;
import dev.tidegate.stream.observe.StreamMeters;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.topic.Book;
import dev.tidegate.stream.topic.BookTopic;
import dev.tidegate.stream.topic.Topic;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a slow reader gets: less often, then less deep, then a warning, at last a close that says
 * why; and back up the same way when it keeps up again.
 */
public final class Ladder {
  private static final int[] WINDOWS = {0, 100, 500, 1000, 1000};
  private static final int[] DEPTHS = {Integer.MAX_VALUE, Integer.MAX_VALUE, 50, 20, 5};

  private static final int STEPS = LoadMeters.STEPS;

  private static final int LAST = STEPS - 1;

  private final StreamMeters meters;
  private final Replies replies;
  private final List<Reader> lagging = new ArrayList<>();

  public Ladder(Fanout fanout, StreamMeters meters, Replies replies) {
    this.meters = meters;
    this.replies = replies;
    fanout.onLagging(lagging::add);
  }

  /** Puts the lane among its like for the step. A topic that it did not have begins afresh. */
  public static void place(Lane lane, int step, Fanout fanout) {
    Shape shape = lane.shape.withWindow(Math.max(lane.shape.window(), WINDOWS[step]));
    List<Topic> topics = new ArrayList<>(lane.topics().size());
    for (Topic topic : lane.topics()) {
      if (shown(topic, step) == topic) {
        topics.add(topic);
      }
    }
    if (topics.size() < lane.topics().size()) {
      standIns(lane, step, topics);
    }
    Cohort before = lane.cohort;
    lane.keepOnly(topics);
    for (Topic topic : topics) {
      boolean had = before != null && before.has(topic) && !lane.lost(topic);
      if (!had && !lane.joining(topic)) {
        lane.join(Join.fresh(topic, lane.cursor));
      }
    }
    lane.placed();
    fanout.place(lane, shape, topics);
  }

  /** Adds the less deep books, unless the session has them, as it asked for or by the ladder. */
  private static void standIns(Lane lane, int step, List<Topic> topics) {
    Set<Book> had = shownElsewhere(lane, step);
    for (Topic topic : lane.topics()) {
      if (shown(topic, step) instanceof BookTopic view && view != topic && had.add(view.book())) {
        topics.add(view);
      }
    }
  }

  /** The books that the session gets to the step's depth without the lane's stand-ins. */
  private static Set<Book> shownElsewhere(Lane lane, int step) {
    Set<Book> had = new HashSet<>();
    boolean earlier = true;
    for (Lane other : lane.reader.lanes()) {
      earlier &= other != lane;
      for (Topic topic : other.topics()) {
        if (topic instanceof BookTopic book
            && (book.depth() == DEPTHS[step] || (earlier && shown(book, step) != book))) {
          had.add(book.book());
        }
      }
    }
    return had;
  }

  private static Topic shown(Topic topic, int step) {
    return topic instanceof BookTopic book ? book.atMost(DEPTHS[step]) : topic;
  }

  /** Once a second: moves the sessions that lag one step at most. */
  public void check(long nanos, long stalledNanos) {
    List<Reader> left = new ArrayList<>(lagging.size());
    for (int i = 0; i < lagging.size(); i++) {
      Reader reader = lagging.get(i);
      Lag lag = reader.lag();
      if (lag != null && reader.open()) {
        step(reader, lag, nanos, stalledNanos);
        if (reader.lag() != null && reader.open()) {
          left.add(reader);
        }
      }
    }
    lagging.clear();
    lagging.addAll(left);
    show(nanos);
  }

  private void show(long nanos) {
    int[] counts = new int[STEPS];
    long longest = 0;
    for (int i = 0; i < lagging.size(); i++) {
      Lag lag = lagging.get(i).lag();
      if (lag != null) {
        counts[lag.step]++;
        longest = Math.max(longest, lag.waiting(nanos));
      }
    }
    meters.load().lagging(counts, longest);
  }

  private void step(Reader reader, Lag lag, long nanos, long stalledNanos) {
    if (lag.stuck(reader.left(), nanos) > stalledNanos) {
      reader.close(
          CloseCode.SLOW_CONSUMER,
          "too slow: nothing was read for " + stalledNanos / 1_000_000_000L + " s");
      return;
    }
    long waited = lag.take(nanos);
    if (waited > 500_000_000L) {
      lag.lags(nanos);
      if (lag.step < LAST) {
        move(reader, lag, lag.step + 1);
      }
    } else if (waited < 100_000_000L && lag.recovered()) {
      lag.eases(nanos);
      if (lag.step > 0) {
        move(reader, lag, lag.step - 1);
      } else {
        reader.caughtUp();
      }
    }
  }

  private void move(Reader reader, Lag lag, int to) {
    boolean down = to < lag.step;
    lag.step = to;
    meters.slowStep();
    reader.notice(replies.notice(down ? "recovering" : "slow-consumer", describe(to)));
    reader.placeAll();
    reader.again();
  }

  /** What the step means to the client. */
  public static String describe(int step) {
    if (step == 0) {
      return "everything as subscribed";
    }
    String what = "step " + step + " of " + LAST + ": a frame every " + WINDOWS[step] + " ms";
    if (DEPTHS[step] != Integer.MAX_VALUE) {
      what += ", books of " + DEPTHS[step] + " levels";
    }
    return step == LAST ? what + "; the session is closed when it stops reading" : what;
  }
}
