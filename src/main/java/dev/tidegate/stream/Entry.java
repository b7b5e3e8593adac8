package dev.tidegate.stream;

import dev.tidegate.bus.Markets.Event;
import org.jspecify.annotations.Nullable;

/** One message of a topic as it stands in the ring; its text is written on first use. */
final class Entry {
  final long version;
  final long prevSeq;
  final long seq;
  final long time;

  /** Null marks a break: what came before cannot be continued, a client needs a snapshot. */
  final @Nullable Event event;

  byte @Nullable [] text;

  Entry(long version, long prevSeq, long seq, long time, @Nullable Event event) {
    this.version = version;
    this.prevSeq = prevSeq;
    this.seq = seq;
    this.time = time;
    this.event = event;
  }
}
