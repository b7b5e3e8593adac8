package dev.tidegate.stream;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The last frame that held one topic only; it lives until the end of the turn. */
final class FrameCache {
  private @Nullable ByteBuf frame;
  private long after;
  private boolean each;
  private boolean deflate;

  boolean isEmpty() {
    return frame == null;
  }

  /** The frame for readers at the version in this form, or null. The cache keeps its reference. */
  @Nullable ByteBuf get(long cursor, boolean oneByOne, Shape shape) {
    return cursor == after && oneByOne == each && shape.deflate() == deflate ? frame : null;
  }

  /** Takes over the caller's reference. */
  void put(long cursor, boolean oneByOne, Shape shape, ByteBuf newFrame) {
    release();
    after = cursor;
    each = oneByOne;
    deflate = shape.deflate();
    frame = newFrame;
  }

  void release() {
    ByteBuf old = frame;
    if (old != null) {
      frame = null;
      old.release();
    }
  }
}
