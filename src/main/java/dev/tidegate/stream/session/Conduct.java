package dev.tidegate.stream.session;

/** How a client behaves: what is held against it, and how much it asks at the same time. */
final class Conduct {
  private final Rate messages = new Rate();
  private int abuse;
  private int refusedSignatures;

  /** Its questions for records that are on their way. */
  int finding;

  /** Counts a message; false when there are too many. */
  boolean allows(int perSecond, long nanos) {
    return perSecond == 0 || messages.take(perSecond, nanos);
  }

  /** Counts a message that made no sense; sense takes one off. */
  int abused() {
    return ++abuse;
  }

  void calm() {
    abuse = Math.max(0, abuse - 1);
  }

  /** Counts a signature that it was refused for. */
  int signatureRefused() {
    return ++refusedSignatures;
  }
}
