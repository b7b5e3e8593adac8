package dev.tidegate.market.record;

import dev.tidegate.bus.Markets.State;
import dev.tidegate.bus.Markets.Status;
import org.jspecify.annotations.Nullable;

/** A record that could not be read, with as much of it as could. */
public final class UnreadableRecord extends IllegalArgumentException {
  /** How the word begins that takes a record's place. */
  public static final String DOUBT = "a record could not be read: ";

  private final @Nullable String symbol;
  private final boolean missed;
  private final long time;

  /**
   * @param symbol null when not even that could be read
   * @param missed whether it was about the book or a trade, which now lack something
   * @param time microseconds since the epoch, 0 when it does not say
   */
  UnreadableRecord(
      IllegalArgumentException why, @Nullable String symbol, boolean missed, long time) {
    super(why.getMessage(), why);
    this.symbol = symbol;
    this.missed = missed;
    this.time = time;
  }

  /** What takes the record's place: word that the symbol is delayed; null when nobody misses it. */
  public static @Nullable FeedRecord instead(IllegalArgumentException thrown) {
    if (!(thrown instanceof UnreadableRecord record) || record.symbol == null || !record.missed) {
      return null;
    }
    return missed(record.symbol, record.time, String.valueOf(record.getMessage()));
  }

  /** Word that something of the symbol was missed, and why. */
  public static FeedRecord missed(String symbol, long time, String why) {
    return new FeedRecord(symbol, time, new Status(State.DELAYED, DOUBT + why));
  }
}
