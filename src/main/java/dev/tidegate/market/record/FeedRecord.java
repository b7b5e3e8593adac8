package dev.tidegate.market.record;

import dev.tidegate.bus.Markets.Event;

/**
 * One thing that a source says about one symbol.
 *
 * @param time microseconds since the epoch of the source event
 * @param sourceSeq the source's own number, rising by one per symbol, or -1
 */
public record FeedRecord(String symbol, long time, long sourceSeq, Event event) {
  public FeedRecord(String symbol, long time, Event event) {
    this(symbol, time, -1, event);
  }
}
