package dev.tidegate.loop;

/**
 * Monotonic milliseconds as of the last of its ticks, which come several times a second: for the
 * patience with others. A tick that comes late counts as a second at most, for while the loop stood
 * still nobody could be heard. Belongs to one event loop.
 */
public final class CoarseClock {
  private static final long MOST = 1_000;

  private final Loop loop;
  private long tickedAt;
  private long now;

  public CoarseClock(Loop loop) {
    this.loop = loop;
    this.tickedAt = millis();
    this.now = tickedAt;
  }

  private long millis() {
    return loop.nanos() / 1_000_000;
  }

  public long now() {
    return now;
  }

  /** The time now. */
  public long tick() {
    long at = millis();
    now += Math.min(at - tickedAt, MOST);
    tickedAt = at;
    return now;
  }
}
