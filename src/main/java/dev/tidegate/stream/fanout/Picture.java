package dev.tidegate.stream.fanout;

import dev.tidegate.stream.encode.Codec;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.topic.BookTopic;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A large book as of one version, in a frame that its readers share while anybody has it. */
final class Picture {
  final BookTopic book;

  /** Where a reader stands that was given it. */
  final long version;

  final long seq;
  final long millis;
  private final Codec codec;
  private final boolean deflate;
  private final byte[] message;
  private @Nullable ByteBuf frame;

  /**
   * @param message as it goes on the wire
   */
  Picture(BookTopic book, Codec codec, boolean deflate, byte[] message, long millis) {
    this.book = book;
    this.version = book.version;
    this.seq = book.seq;
    this.codec = codec;
    this.deflate = deflate;
    this.message = message;
    this.millis = millis;
  }

  /** Whether there is a frame now. */
  boolean live() {
    return frame != null;
  }

  /** The frame; one reference of it becomes the caller's. */
  ByteBuf frame(Frames frames) {
    ByteBuf shared = frame;
    if (shared == null) {
      shared = frames.encoded(codec.opcode, message, deflate);
      frame = shared;
    }
    return shared.retainedDuplicate();
  }

  /** Lets the frame go when it is nobody's any more. */
  void releaseUnused() {
    ByteBuf shared = frame;
    if (shared != null && shared.refCnt() == 1) {
      release();
    }
  }

  void release() {
    ByteBuf shared = frame;
    if (shared != null) {
      frame = null;
      shared.release();
    }
  }
}
