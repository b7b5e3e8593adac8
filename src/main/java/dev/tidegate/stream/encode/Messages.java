package dev.tidegate.stream.encode;

import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Part;
import org.jspecify.annotations.Nullable;

/**
 * How channel messages are laid out in bytes. What is said, and when, is the topics' business.
 * Implementations are stateless: one serves every event loop.
 *
 * <p>A message is opened, gets one body, perhaps what the subscription asked for beyond the data,
 * and is closed. A body that was written before is appended as it is.
 */
public interface Messages {
  /** Begins a batch in an empty buffer. */
  void begin(Text out);

  /** Whether the batch has no message yet. */
  boolean isEmpty(Text out);

  void end(Text out);

  /** Begins a message of a batch; the result goes to {@link #close}. */
  int open(Text out);

  void close(int opened, Text out);

  /** Appends a whole message, or a whole event of a list, that was written before. */
  void append(byte[] whole, Text out);

  default void snapshot(
      Subject subject, String epoch, long seq, long time, Snapshot book, Text out) {
    snapshot(subject, epoch, seq, time, book, Part.ALL, out);
  }

  /**
   * @param levels those of the part
   */
  void snapshot(
      Subject subject, String epoch, long seq, long time, Snapshot levels, Part part, Text out);

  void delta(Subject subject, long prevSeq, long seq, long time, @Nullable Delta delta, Text out);

  /** Begins a body of events that all count; the result goes to {@link #endEvents}. */
  int beginEvents(Subject subject, long prevSeq, long seq, Text out);

  void event(long seq, long time, @Nullable Event event, Text out);

  void endEvents(int begun, Text out);

  void reset(Subject subject, String epoch, long seq, Text out);

  /**
   * @param epoch for a snapshot; null for a message that follows another
   */
  void latest(
      Subject subject,
      @Nullable String epoch,
      long seq,
      long time,
      @Nullable Event event,
      Text out);

  void checksum(long crc, Text out);

  /**
   * What is said beyond the data.
   *
   * @param times of the message, in microseconds since the epoch
   */
  void meta(int merged, int window, Times times, Text out);

  /**
   * When something happened at its source, reached us, and was written: who knows all three can
   * tell the feed, us and the network apart.
   */
  record Times(long event, long received, long sent) {
    long age() {
      return Math.max(0, sent - event);
    }
  }
}
