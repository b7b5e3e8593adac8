package dev.tidegate.stream.socket;

import dev.tidegate.problem.CloseCode;
import io.netty.buffer.ByteBuf;

/** The way out to one client. */
public interface Outlet {
  /** Whether what was written before has left the process, nearly. */
  boolean writable();

  /** Bytes that were written and have not left the process, those of a frame begun included. */
  long pending();

  /** Takes over one reference of the frame. */
  void write(ByteBuf frame);

  void flush();

  /** When the client last sent anything, by a clock that moves a few times a second. */
  long heardAt();

  /**
   * Looked at a few times a second: asks a silent client for a sign, and gives up on a dead one.
   */
  void check(long now, long pingAfter, long goneAfter);

  /** The end, at once: what waits for the client is freed. */
  void drop();

  /** Sends the close frame and closes when the client has answered, or a little later. */
  void close(CloseCode code, String reason);
}
