package dev.tidegate.stream.encode;

import org.jspecify.annotations.Nullable;

/** The last frame that held one topic only; it lives until the end of the turn. */
public final class FrameCache {
  private @Nullable Framed frame;
  private long after;
  private boolean each;
  private boolean deflate;

  public boolean isEmpty() {
    return frame == null;
  }

  /** The frame for readers at the version in this form, or null. The cache keeps its reference. */
  @Nullable
  public Framed get(long cursor, boolean oneByOne, Shape shape) {
    return cursor == after && oneByOne == each && shape.deflate() == deflate ? frame : null;
  }

  /** Takes over the caller's reference. */
  public void put(long cursor, boolean oneByOne, Shape shape, Framed newFrame) {
    release();
    after = cursor;
    each = oneByOne;
    deflate = shape.deflate();
    frame = newFrame;
  }

  public void release() {
    Framed old = frame;
    if (old != null) {
      frame = null;
      old.bytes().release();
    }
  }
}
