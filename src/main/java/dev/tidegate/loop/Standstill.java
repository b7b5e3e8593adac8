package dev.tidegate.loop;

import java.time.Duration;

/**
 * Notices that a loop stood still: it is looked at each second, so that a longer pause between two
 * looks is one of the loop itself. What the others did meanwhile has not been read yet. Belongs to
 * one event loop.
 */
final class Standstill {
  /** No pause between two looks is longer while the loop turns. */
  static final Duration LONGEST = Pulse.EVERY.plusMillis(500);

  private long lookedAt;
  private long awakeSince;

  Standstill(long now) {
    this.lookedAt = now;
    this.awakeSince = now;
  }

  /** Looks. Since when the loop is awake; now when it has just gone on. */
  long awakeSince(long now) {
    if (now - lookedAt > LONGEST.toNanos()) {
      awakeSince = now;
    }
    lookedAt = now;
    return awakeSince;
  }
}
