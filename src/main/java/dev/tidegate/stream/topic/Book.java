package dev.tidegate.stream.topic;

import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Snapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The price levels of one symbol, both sides from the best price outwards. */
public final class Book {
  private final TreeMap<Decimal, Level> bids = new TreeMap<>(Comparator.reverseOrder());
  private final TreeMap<Decimal, Level> asks = new TreeMap<>();

  public void apply(Snapshot snapshot) {
    bids.clear();
    asks.clear();
    set(bids, snapshot.bids());
    set(asks, snapshot.asks());
  }

  public void apply(Delta delta) {
    set(bids, delta.bids());
    set(asks, delta.asks());
  }

  int levels() {
    return bids.size() + asks.size();
  }

  public Snapshot snapshot(int depth) {
    return new Snapshot(top(bids, depth), top(asks, depth));
  }

  private static void set(Map<Decimal, Level> side, List<Level> levels) {
    for (int i = 0; i < levels.size(); i++) {
      Level level = levels.get(i);
      if (level.size().isZero()) {
        side.remove(level.price());
      } else {
        side.put(level.price(), level);
      }
    }
  }

  private static List<Level> top(Map<Decimal, Level> side, int depth) {
    if (depth >= side.size()) {
      return new ArrayList<>(side.values());
    }
    List<Level> top = new ArrayList<>(depth);
    for (Map.Entry<Decimal, Level> entry : side.entrySet()) {
      top.add(entry.getValue());
      if (top.size() == depth) {
        break;
      }
    }
    return top;
  }
}
