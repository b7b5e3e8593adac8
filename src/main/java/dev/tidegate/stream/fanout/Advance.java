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
final class Advance {
  /** A session with more than this waiting for its socket gets no further history for now. */
  static final long ENOUGH = 256 * 1024;

  private final Pictures pictures;
  private boolean more;

  Advance(Pictures pictures) {
    this.pictures = pictures;
  }

  /**
   * Appends what the client needs next; what is left to do, or null when it stands at now. What is
   * left is to be given its picture at once, or has to wait for the socket.
   */
  @Nullable Join take(Join join, Reader reader, Shape shape, Text out) {
    Topic topic = join.topic;
    if (reader.pending() > ENOUGH || join.picture != null) {
      return join;
    }
    if (join.since != Join.NONE) {
      return resume(join, reader, shape, out);
    }
    if (join.cursor == Join.FRESH) {
      return fresh(topic, join.seen, shape, out);
    }
    if (topic instanceof EventsTopic trades) {
      return trades(trades, join.cursor, reader, shape, out);
    }
    if (!topic.ring.covers(join.cursor)) {
      return snapshot(topic, join.cursor, shape, out);
    }
    if (pictures.needed(topic, join.cursor)) {
      return snapshot(topic, join.cursor, shape, out);
    }
    topic.catchUp(join.cursor, false, shape, out);
    return null;
  }

  /** Whether there was more than a piece of it, since this was asked last. */
  boolean takeMore() {
    boolean had = more;
    more = false;
    return had;
  }

  /** Appends the snapshot, unless there is a picture to be given. */
  private @Nullable Join snapshot(Topic topic, long seen, Shape shape, Text out) {
    Picture picture = pictures.of(topic, seen, shape);
    if (picture != null) {
      return Join.with(picture, 0);
    }
    topic.snapshot(shape, out);
    return null;
  }

  private @Nullable Join fresh(Topic topic, long seen, Shape shape, Text out) {
    if (topic instanceof BookTopic book && !book.full()) {
      long seq = book.fresh(shape, out);
      return seq == book.seq ? null : Join.since(book, seq);
    }
    return snapshot(topic, seen, shape, out);
  }

  private @Nullable Join trades(
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
    more = true;
    return Join.from(topic, topic.piece(cursor, shape, out));
  }

  private @Nullable Join resume(Join join, Reader reader, Shape shape, Text out) {
    Topic topic = join.topic;
    if (!join.numbering.equals(topic.numbering())) {
      // A new numbering began meanwhile: everything that it has, beginning with the break.
      Entry first = topic.ring.size() == 0 ? null : topic.ring.at(0);
      return take(
          first == null ? Join.fresh(topic, Long.MAX_VALUE) : Join.from(topic, first.version - 1),
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
    } else if (from < 0 || pictures.needed(topic, topic.ring.at(from).version - 1)) {
      return snapshot(topic, Long.MAX_VALUE, shape, out);
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
