package dev.tidegate.bus;

import dev.tidegate.bus.Markets.Channel;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * What clients are told as the epoch of a stream of messages: the shard's, and a mark of the
 * channel, symbol, depth or interval. No two streams share it, so that a place in one is never
 * taken for a place in another.
 */
public final class Numbering {
  private static final char BETWEEN = '.';

  private Numbering() {}

  /**
   * @param depth levels of a book, 0 for all of it and for other channels
   * @param interval of candles, else empty
   */
  public static String of(
      String epoch, Channel channel, String symbol, int depth, String interval) {
    CRC32 mark = new CRC32();
    String stream = channel.text() + '\n' + symbol + '\n' + depth + '\n' + interval;
    mark.update(stream.getBytes(StandardCharsets.UTF_8));
    return epoch + BETWEEN + Long.toString(mark.getValue(), 36);
  }

  /** The shard's part of it. */
  public static String epoch(String numbering) {
    int end = numbering.lastIndexOf(BETWEEN);
    return end < 0 ? numbering : numbering.substring(0, end);
  }
}
