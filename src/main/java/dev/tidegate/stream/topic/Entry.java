package dev.tidegate.stream.topic;

import dev.tidegate.bus.Markets.Event;
import dev.tidegate.stream.encode.Codec;
import org.jspecify.annotations.Nullable;

/** One message of a topic as it stands in the ring; its bytes are written on first use. */
public final class Entry {
  public final long version;
  public final long prevSeq;
  public final long seq;
  public final long time;

  /** Null marks a break: what came before cannot be continued, a client needs a snapshot. */
  public final @Nullable Event event;

  private byte @Nullable [] text;
  private byte @Nullable [] binary;

  public Entry(long version, long prevSeq, long seq, long time, @Nullable Event event) {
    this.version = version;
    this.prevSeq = prevSeq;
    this.seq = seq;
    this.time = time;
    this.event = event;
  }

  /** The message as it was written in this codec before, or null. */
  public byte @Nullable [] written(Codec codec) {
    return codec == Codec.JSON ? text : binary;
  }

  public byte[] written(Codec codec, byte[] bytes) {
    if (codec == Codec.JSON) {
      text = bytes;
    } else {
      binary = bytes;
    }
    return bytes;
  }
}
