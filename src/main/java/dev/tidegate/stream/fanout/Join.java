package dev.tidegate.stream.fanout;

import dev.tidegate.stream.topic.Topic;
import org.jspecify.annotations.Nullable;

/** A topic in which a lane stands elsewhere than in its others. */
public final class Join {
  final Topic topic;

  /** The version from which to go on; {@link #FRESH} when a snapshot has to come first. */
  public final long cursor;

  /** The client's own sequence when it resumes, or {@link #NONE}. */
  public final long since;

  /** The numbering that the sequence belongs to. */
  public final String numbering;

  /** What it is given before anything else, or null; and the part of it that comes next. */
  final @Nullable Picture picture;

  final int part;

  /** A fresh one has seen nothing of the topic after this version. */
  final long seen;

  public static final long FRESH = -1;
  public static final long NONE = -1;

  private Join(
      Topic topic, long cursor, long since, long seen, @Nullable Picture picture, int part) {
    this.topic = topic;
    this.seen = seen;
    this.picture = picture;
    this.part = part;
    this.cursor = cursor;
    this.since = since;
    this.numbering = topic.numbering();
  }

  /**
   * Begins afresh.
   *
   * @param seen the version after which the client has seen nothing of the topic
   */
  public static Join fresh(Topic topic, long seen) {
    return new Join(topic, FRESH, NONE, seen, null, 0);
  }

  /** Begins with the picture, from a part on. */
  static Join with(Picture picture, int part) {
    return new Join(picture.book, FRESH, NONE, picture.version, picture, part);
  }

  public static Join from(Topic topic, long cursor) {
    return new Join(topic, cursor, NONE, cursor, null, 0);
  }

  public static Join since(Topic topic, long seq) {
    return new Join(topic, FRESH, seq, Long.MAX_VALUE, null, 0);
  }

  /** Whether there is nothing to tell until the topic has more: the reader is not behind. */
  boolean waits() {
    return since != NONE && topic.seq < since && numbering.equals(topic.numbering());
  }
}
