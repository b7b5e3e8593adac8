package dev.tidegate.stream;

import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.socket.Outlet;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A socket whose other end takes so many bytes a second, also of a frame that is not whole. */
public final class SlowLine implements Outlet {
  private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>();
  private final long bytesPerSecond;
  private long unsent;
  private long credit;
  public long most;
  public int frames;
  public @Nullable CloseCode closed;
  public String reason = "";

  public SlowLine(long bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
  }

  /** Some time passes; whether the queue ran low meanwhile. */
  public boolean pass(long millis) {
    boolean before = writable();
    credit = unsent == 0 ? 0 : credit + bytesPerSecond * millis;
    long take = Math.min(credit / 1000, unsent);
    credit -= take * 1000;
    unsent -= take;
    while (take > 0) {
      ByteBuf first = queue.element();
      int part = (int) Math.min(take, first.readableBytes());
      first.skipBytes(part);
      take -= part;
      if (!first.isReadable()) {
        queue.remove().release();
      }
    }
    return !before && writable();
  }

  @Override
  public boolean writable() {
    return closed == null && unsent <= 1024;
  }

  @Override
  public long pending() {
    return unsent;
  }

  @Override
  public void write(ByteBuf frame) {
    frames++;
    unsent += frame.readableBytes();
    most = Math.max(most, unsent);
    queue.add(frame);
  }

  @Override
  public void flush() {}

  @Override
  public long heardAt() {
    return 0;
  }

  @Override
  public void check(long now, long pingAfter, long goneAfter) {}

  @Override
  public void close(CloseCode code, String why) {
    closed = code;
    reason = why;
  }

  @Override
  public void drop() {
    discard();
  }

  public void discard() {
    queue.forEach(ByteBuf::release);
    queue.clear();
    unsent = 0;
  }
}
