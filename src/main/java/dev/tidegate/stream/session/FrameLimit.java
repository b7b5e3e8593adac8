package dev.tidegate.stream.session;

import dev.tidegate.stream.fanout.Fanout;
import dev.tidegate.stream.fanout.Reader;
import dev.tidegate.stream.fanout.Wheel;

/** When a reader may have its next frame of market data, by the limit of its tier. */
final class FrameLimit implements Wheel.Timed {
  private final Reader reader;
  private final Fanout fanout;
  private final Rate rate = new Rate();
  private long dueAt;

  FrameLimit(Reader reader, Fanout fanout) {
    this.reader = reader;
    this.fanout = fanout;
  }

  /**
   * @param perSecond 0 for as many as it likes
   */
  boolean allows(int perSecond, long nanos) {
    return perSecond == 0 || rate.take(perSecond, nanos);
  }

  /** Has it caught up when the next one is allowed. */
  void await(int perSecond, long nanos) {
    dueAt = nanos + 1_000_000_000L / perSecond;
    fanout.wheel().add(this);
  }

  @Override
  public long dueAt() {
    return dueAt;
  }

  @Override
  public void due() {
    fanout.retry(reader);
  }
}
