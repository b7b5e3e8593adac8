package dev.tidegate.stream.topic;

/** Who is told when a topic that it follows has news. */
public interface Follower {
  /** The topic has news; its version was this before. */
  void touch(Topic topic, long previous);
}
