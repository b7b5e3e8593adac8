package dev.tidegate.market.book;

/** What the time that a source gave an event says beside the clock of this node. */
final class SourceTime {
  private static final long PLAUSIBLE_MILLIS = 3_600_000;

  /** What is older than this when it comes is a recording that is played, and not late. */
  private static final long RECORDING_MILLIS = 86_400_000;

  private SourceTime() {}

  /** How late an event of this time is that comes now; what is recorded is not late. */
  static long lag(long micros, long now) {
    long lag = now - micros / 1000;
    return lag < 0 || lag > RECORDING_MILLIS ? 0 : lag;
  }

  /** When an update came that another node was given: about its own time if that can be true. */
  static long arrived(long micros, long now) {
    long time = micros / 1000;
    return time <= now && now - time < PLAUSIBLE_MILLIS ? time : now;
  }
}
