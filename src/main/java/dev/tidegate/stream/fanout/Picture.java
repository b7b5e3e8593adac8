package dev.tidegate.stream.fanout;

import dev.tidegate.stream.encode.Codec;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.encode.Tally;
import dev.tidegate.stream.topic.BookTopic;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A large book as of one version, in frames that its readers share while anybody has one. */
final class Picture {
  final BookTopic book;

  /** Where a reader stands that was given it. */
  final long version;

  final long seq;
  final long millis;
  private final Codec codec;
  private final boolean deflate;
  private final List<byte[]> messages;
  private final @Nullable ByteBuf[] frames;
  private final byte[] stream;
  private Tally.@Nullable Sum said;
  private int live;

  /**
   * @param messages its parts as they go on the wire
   */
  Picture(BookTopic book, Codec codec, boolean deflate, List<byte[]> messages, long millis) {
    this.book = book;
    this.version = book.version;
    this.seq = book.seq;
    this.codec = codec;
    this.deflate = deflate;
    this.messages = messages;
    this.frames = new ByteBuf[messages.size()];
    this.millis = millis;
    this.stream = Tally.stream(book.channel.text(), book.subject.symbol(), book.numbering());
  }

  /** What each part adds to the tally of who gets it. */
  Tally.Sum said(Tally tally) {
    Tally.Sum known = said;
    if (known == null) {
      known = Tally.Sum.of(tally.hash(stream, seq));
      said = known;
    }
    return known;
  }

  int parts() {
    return frames.length;
  }

  /** Whether there is a frame now. */
  boolean live() {
    return live > 0;
  }

  long bytes() {
    long sum = 0;
    for (ByteBuf frame : frames) {
      sum += frame == null ? 0 : frame.capacity();
    }
    return sum;
  }

  /** The frame of a part, from 0; one reference of it becomes the caller's. */
  ByteBuf frame(int part, Frames makes) {
    ByteBuf shared = frames[part];
    if (shared == null) {
      shared = makes.encoded(codec.opcode, messages.get(part), deflate);
      frames[part] = shared;
      live++;
    }
    return shared.retainedDuplicate();
  }

  /** Lets the frames go that are nobody's any more. */
  void releaseUnused() {
    for (int i = 0; i < frames.length; i++) {
      ByteBuf shared = frames[i];
      if (shared != null && shared.refCnt() == 1) {
        release(i, shared);
      }
    }
  }

  void release() {
    for (int i = 0; i < frames.length; i++) {
      ByteBuf shared = frames[i];
      if (shared != null) {
        release(i, shared);
      }
    }
  }

  private void release(int part, ByteBuf shared) {
    frames[part] = null;
    live--;
    shared.release();
  }
}
