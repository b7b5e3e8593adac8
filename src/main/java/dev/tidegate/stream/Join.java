package dev.tidegate.stream;

/** A topic in which a lane stands elsewhere than in its others. */
final class Join {
  final Topic topic;

  /** The version from which to go on; {@link #FRESH} when a snapshot has to come first. */
  final long cursor;

  /** The client's own sequence when it resumes, or {@link #NONE}. */
  final long since;

  static final long FRESH = -1;
  static final long NONE = -1;

  private Join(Topic topic, long cursor, long since) {
    this.topic = topic;
    this.cursor = cursor;
    this.since = since;
  }

  static Join fresh(Topic topic) {
    return new Join(topic, FRESH, NONE);
  }

  static Join from(Topic topic, long cursor) {
    return new Join(topic, cursor, NONE);
  }

  static Join since(Topic topic, long seq) {
    return new Join(topic, FRESH, seq);
  }
}
