package dev.tidegate.stream.fanout;

import dev.tidegate.stream.topic.Topic;

/** A topic in which a lane stands elsewhere than in its others. */
public final class Join {
  final Topic topic;

  /** The version from which to go on; {@link #FRESH} when a snapshot has to come first. */
  public final long cursor;

  /** The client's own sequence when it resumes, or {@link #NONE}. */
  public final long since;

  /** The numbering that the sequence belongs to. */
  public final String numbering;

  public static final long FRESH = -1;
  public static final long NONE = -1;

  private Join(Topic topic, long cursor, long since) {
    this.topic = topic;
    this.cursor = cursor;
    this.since = since;
    this.numbering = topic.numbering();
  }

  public static Join fresh(Topic topic) {
    return new Join(topic, FRESH, NONE);
  }

  public static Join from(Topic topic, long cursor) {
    return new Join(topic, cursor, NONE);
  }

  public static Join since(Topic topic, long seq) {
    return new Join(topic, FRESH, seq);
  }

  /** Whether there is nothing to tell until the topic has more: the reader is not behind. */
  boolean waits() {
    return since != NONE && topic.seq < since && numbering.equals(topic.numbering());
  }
}
