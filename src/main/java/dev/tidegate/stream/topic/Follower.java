package dev.tidegate.stream.topic;

/** Who is told when a topic that it follows has news. */
public interface Follower {
  /** The topic has news; its version was this before. */
  void touch(Topic topic, long previous);

  /** The topic is about to let go of what came up to the version, and each of it counts. */
  void lastCall(Topic topic, long version);
}
