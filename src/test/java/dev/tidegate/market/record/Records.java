package dev.tidegate.market.record;

import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.Status;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.bus.Part;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Random records of a few symbols; half of the symbols carry source numbers, with holes. */
public final class Records {
  private static final List<String> SYMBOLS = List.of("A", "B", "C", "D");

  private final Random random;
  private final Map<String, Long> numbers = new HashMap<>();
  private long time = 1_700_000_000_000_000L;
  private int trades;

  public Records(Random random) {
    this.random = random;
  }

  public FeedRecord next() {
    String symbol = SYMBOLS.get(random.nextInt(SYMBOLS.size()));
    time += random.nextInt(800_000) - 50_000;
    Event event = event();
    boolean numbered = symbol.compareTo("C") < 0;
    long number = numbered ? number(symbol, event) : -1;
    return event instanceof Ticker ticker && ticker.bid() == null && random.nextBoolean()
        ? new FeedRecord(symbol, time, number, event, Set.of(Side.BUY), Part.ALL)
        : new FeedRecord(symbol, time, number, event);
  }

  private long number(String symbol, Event event) {
    long before = numbers.getOrDefault(symbol, 0L);
    int luck = random.nextInt(20);
    long number = luck == 0 ? before + 3 : luck == 1 ? before : before + 1;
    if (luck == 2 && event instanceof Snapshot) {
      number = 1;
    }
    numbers.put(symbol, number);
    return number;
  }

  private Event event() {
    return switch (random.nextInt(10)) {
      case 0 -> new Snapshot(levels(), levels());
      case 1, 2, 3, 4 -> new Delta(levels(), levels());
      case 5, 6, 7 ->
          new Trade(
              "t" + ++trades,
              number(1, 9),
              number(1, 5),
              random.nextBoolean() ? Side.BUY : Side.SELL);
      case 8 ->
          new Ticker(
              random.nextBoolean() ? number(1, 9) : null,
              null,
              random.nextBoolean() ? number(1, 9) : null,
              number(1, 5),
              random.nextBoolean() ? number(1, 9) : null);
      default -> new Status(random.nextBoolean() ? "live" : "halted", "said so");
    };
  }

  private List<Level> levels() {
    List<Level> levels = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      levels.add(new Level(number(1, 9), number(0, 3)));
    }
    return levels;
  }

  private Decimal number(int least, int most) {
    return Decimal.of(Integer.toString(least + random.nextInt(most - least + 1)));
  }
}
