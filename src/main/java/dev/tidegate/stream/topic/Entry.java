package dev.tidegate.stream.topic;

import dev.tidegate.bus.Markets.Event;
import dev.tidegate.stream.encode.Written;
import org.jspecify.annotations.Nullable;

/** One message of a topic as it stands in the ring; its bytes are written on first use. */
public final class Entry extends Written {
  public final long version;
  public final long prevSeq;
  public final long seq;
  public final long time;

  /** When it came here, in milliseconds of our own clock: a source's clock decides nothing. */
  final long arrived;

  /** Null marks a break: what came before cannot be continued, a client needs a snapshot. */
  public final @Nullable Event event;

  public Entry(
      long version, long prevSeq, long seq, long time, long arrived, @Nullable Event event) {
    this.version = version;
    this.prevSeq = prevSeq;
    this.seq = seq;
    this.time = time;
    this.arrived = arrived;
    this.event = event;
  }
}
