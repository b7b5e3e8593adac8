package dev.tidegate.stream.fanout;

import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.encode.Shape;
import dev.tidegate.stream.encode.Text;
import dev.tidegate.stream.topic.BookTopic;
import dev.tidegate.stream.topic.Entry;
import dev.tidegate.stream.topic.EventsTopic;
import dev.tidegate.stream.topic.Topic;
import org.jspecify.annotations.Nullable;

/** How a lane goes on in one topic in which it stands elsewhere than in its others. */
public final class Advance {
  /** A session with more than this waiting for its socket gets no further history for now. */
  private static final long ENOUGH = 256 * 1024;

  private Advance() {}

  /**
   * Appends what the client needs next; what is left to do later, or null when it stands at now.
   */
  static @Nullable Join take(Join join, Reader reader, Shape shape, Text out) {
    Topic topic = join.topic;
    if (reader.pending() > ENOUGH) {
      return join;
    }
    if (join.since != Join.NONE) {
      return resume(join, reader, shape, out);
    }
    if (join.cursor == Join.FRESH) {
      return fresh(topic, shape, out);
    }
    if (topic instanceof EventsTopic trades) {
      return trades(trades, join.cursor, reader, shape, out);
    }
    if (!topic.ring.covers(join.cursor)) {
      topic.snapshot(shape, out);
    } else {
      topic.catchUp(join.cursor, false, shape, out);
    }
    return null;
  }

  private static @Nullable Join fresh(Topic topic, Shape shape, Text out) {
    if (topic instanceof BookTopic book) {
      long seq = book.fresh(shape, out);
      return seq == book.seq ? null : Join.since(book, seq);
    }
    topic.snapshot(shape, out);
    return null;
  }

  private static @Nullable Join trades(
      EventsTopic topic, long cursor, Reader reader, Shape shape, Text out) {
    if (!topic.ring.covers(cursor)) {
      reader.close(
          CloseCode.SLOW_CONSUMER,
          "too slow: trades of " + topic.subject.symbol() + " are no longer kept");
      return null;
    }
    if (topic.backlog(cursor) <= EventsTopic.PIECE) {
      topic.catchUp(cursor, false, shape, out);
      return null;
    }
    reader.again();
    return Join.from(topic, topic.piece(cursor, shape, out));
  }

  private static @Nullable Join resume(Join join, Reader reader, Shape shape, Text out) {
    Topic topic = join.topic;
    if (!join.numbering.equals(topic.numbering())) {
      // A new numbering began meanwhile: everything that it has, beginning with the break.
      Entry first = topic.ring.size() == 0 ? null : topic.ring.at(0);
      return take(
          first == null ? Join.fresh(topic) : Join.from(topic, first.version - 1),
          reader,
          shape,
          out);
    }
    if (topic.seq < join.since) {
      return join; // the client has seen more than we have: it goes on when we have caught up
    }
    if (topic.seq == join.since) {
      return null;
    }
    int from = topic.ring.afterSeq(join.since);
    if (from < 0 && topic instanceof EventsTopic trades) {
      // What followed was let go while the reader waited.
      trades.gap(shape, out);
      return topic.ring.size() == 0
          ? null
          : trades(trades, topic.ring.at(0).version - 1, reader, shape, out);
    } else if (from < 0) {
      topic.snapshot(shape, out);
    } else if (topic instanceof BookTopic book && !book.full()) {
      book.resume(from, join.since, shape, out);
    } else if (topic instanceof EventsTopic trades) {
      return trades(trades, topic.ring.at(from).version - 1, reader, shape, out);
    } else {
      topic.write(from, false, shape, out);
    }
    return null;
  }
}
