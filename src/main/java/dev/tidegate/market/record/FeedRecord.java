package dev.tidegate.market.record;

import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Part;
import java.util.Set;

/**
 * One thing that a source says about one symbol.
 *
 * @param time microseconds since the epoch of the source event
 * @param sourceSeq the source's own number, rising by one per symbol, or -1
 * @param withdrawn the sides of a ticker that the source says are gone; one that it leaves out
 *     stays
 * @param part of a snapshot that is too large for one record, which this is
 */
public record FeedRecord(
    String symbol, long time, long sourceSeq, Event event, Set<Side> withdrawn, Part part) {
  public FeedRecord(String symbol, long time, long sourceSeq, Event event) {
    this(symbol, time, sourceSeq, event, Set.of(), Part.ALL);
  }

  public FeedRecord(String symbol, long time, Event event) {
    this(symbol, time, -1, event);
  }

  /** The same at another time. */
  public FeedRecord at(long micros) {
    return new FeedRecord(symbol, micros, sourceSeq, event, withdrawn, part);
  }
}
