package dev.tidegate.market.feed;

import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.market.record.FeedRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One simulated market: a book of a fixed number of ticks on each side of a price that moves one
 * tick at a time. The same seed gives the same events.
 */
public final class RandomWalk {
  private static final int DEPTH = 50;
  private static final Decimal ZERO = Decimal.of("0");

  private final String symbol;
  private final int book;
  private final int trade;
  private final int ticker;
  private final SplittableRandom random;

  /** In cents; the highest bid is one below. */
  private long lowestAsk;

  private long trades;
  private Decimal last;

  RandomWalk(String symbol, Simulation simulation) {
    this.symbol = symbol;
    book = simulation.book();
    trade = simulation.trade();
    ticker = simulation.ticker();
    random = new SplittableRandom(simulation.seed() * 31 + symbol.hashCode());
    lowestAsk = 10_000L + random.nextInt(5_000_000);
    last = price(lowestAsk);
  }

  FeedRecord start(long time) {
    List<Level> bids = new ArrayList<>();
    List<Level> asks = new ArrayList<>();
    for (int i = 0; i < DEPTH; i++) {
      bids.add(new Level(price(lowestAsk - 1 - i), size()));
      asks.add(new Level(price(lowestAsk + i), size()));
    }
    return new FeedRecord(symbol, time, new Snapshot(bids, asks));
  }

  FeedRecord next(long time) {
    int kind = random.nextInt(book + trade + ticker);
    Event event = kind < book ? change() : kind < book + trade ? trade() : ticker();
    return new FeedRecord(symbol, time, event);
  }

  private Event change() {
    int step = random.nextInt(20);
    if (step == 0) {
      Level taken = new Level(price(lowestAsk), size());
      Level gone = new Level(price(lowestAsk - DEPTH), ZERO);
      Level[] asks = {new Level(taken.price(), ZERO), new Level(price(lowestAsk + DEPTH), size())};
      lowestAsk++;
      return new Delta(List.of(taken, gone), List.of(asks));
    }
    if (step == 1 && lowestAsk > 2 * DEPTH) {
      lowestAsk--;
      Level taken = new Level(price(lowestAsk), size());
      Level gone = new Level(price(lowestAsk + DEPTH), ZERO);
      Level[] bids = {new Level(taken.price(), ZERO), new Level(price(lowestAsk - DEPTH), size())};
      return new Delta(List.of(bids), List.of(taken, gone));
    }
    int away = Math.min(random.nextInt(DEPTH), random.nextInt(DEPTH));
    return random.nextBoolean()
        ? new Delta(List.of(new Level(price(lowestAsk - 1 - away), size())), List.of())
        : new Delta(List.of(), List.of(new Level(price(lowestAsk + away), size())));
  }

  private Event trade() {
    boolean buys = random.nextBoolean();
    last = price(buys ? lowestAsk : lowestAsk - 1);
    return new Trade(Long.toString(++trades), last, size(), buys ? Side.BUY : Side.SELL);
  }

  private Event ticker() {
    if (book == 0) {
      lowestAsk = Math.max(2, lowestAsk + random.nextInt(3) - 1);
    }
    return new Ticker(price(lowestAsk - 1), size(), price(lowestAsk), size(), last);
  }

  private Decimal size() {
    int units = 1 + random.nextInt(99_999);
    return Decimal.of(units / 1000 + "." + Integer.toString(1000 + units % 1000).substring(1));
  }

  private static Decimal price(long cents) {
    return Decimal.of(cents / 100 + "." + Long.toString(100 + cents % 100).substring(1));
  }
}
