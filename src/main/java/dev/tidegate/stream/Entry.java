package dev.tidegate.stream;

import dev.tidegate.bus.Markets.Event;
import org.jspecify.annotations.Nullable;

/** One message of a topic as it stands in the ring; its bytes are written on first use. */
final class Entry {
  final long version;
  final long prevSeq;
  final long seq;
  final long time;

  /** Null marks a break: what came before cannot be continued, a client needs a snapshot. */
  final @Nullable Event event;

  private byte @Nullable [] text;
  private byte @Nullable [] binary;

  Entry(long version, long prevSeq, long seq, long time, @Nullable Event event) {
    this.version = version;
    this.prevSeq = prevSeq;
    this.seq = seq;
    this.time = time;
    this.event = event;
  }

  /** The message as it was written in this codec before, or null. */
  byte @Nullable [] written(Codec codec) {
    return codec == Codec.JSON ? text : binary;
  }

  byte[] written(Codec codec, byte[] bytes) {
    if (codec == Codec.JSON) {
      text = bytes;
    } else {
      binary = bytes;
    }
    return bytes;
  }
}
