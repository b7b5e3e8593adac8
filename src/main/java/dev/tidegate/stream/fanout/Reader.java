package dev.tidegate.stream.fanout;

import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.encode.Statement;
import dev.tidegate.stream.encode.Tally;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client as the fan-out sees it: lanes to be moved, a socket that takes frames or does not. There
 * is one kind in production, so that a call costs what one of a class does.
 */
public interface Reader {
  /** Whether it can be given anything at all. */
  boolean open();

  /** Whether market data may be written now; notes that the reader lags when not. */
  boolean ready(long nanos);

  /**
   * Takes over one reference of a frame of market data; only after {@link #ready}.
   *
   * @param said what the frame adds to the tally of a reader who counts
   */
  void write(ByteBuf frame, Tally.Sum said);

  /** As {@link #write}, of a part of a picture: its memory is there once for all who get it. */
  void share(ByteBuf part, Tally.Sum said);

  /** What was written in this turn goes out. */
  void flush();

  /** Bytes that were written and have not left the process. */
  long pending();

  /** Bytes that have left the process since the session began. */
  long left();

  /** A notice of how it is doing; the session never ends for it. */
  void notice(Statement notice);

  /** Brings its lanes up from where they stand, as far as the socket takes it. */
  void catchUp(long nanos);

  /** Asks for another chance to catch up, in the next turn. */
  void again();

  void close(CloseCode code, String reason);

  List<Lane> lanes();

  /** How it is doing while it lags, else null. */
  @Nullable Lag lag();

  /** It keeps up again. */
  void caughtUp();

  /** Puts its lanes where its step on the ladder wants them. */
  void placeAll();
}
