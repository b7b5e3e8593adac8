package dev.tidegate.stream.session;

/** What was written to a session in this turn of the loop. */
public enum Outgoing {
  NOTHING,
  /** Something that goes out whatever else waits. */
  CONTROL,
  /** Market data was among it: what else the turn brings goes with it. */
  DATA
}
