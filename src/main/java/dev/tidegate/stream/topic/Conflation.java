package dev.tidegate.stream.topic;

import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Snapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes one change out of several. Merging is associative; the last value of a level wins. */
public final class Conflation {
  private Conflation() {}

  private static final Decimal ZERO = Decimal.of("0");

  public static Delta merge(List<Delta> deltas) {
    if (deltas.size() == 1) {
      return deltas.getFirst();
    }
    Map<Decimal, Level> bids = new LinkedHashMap<>();
    Map<Decimal, Level> asks = new LinkedHashMap<>();
    for (int i = 0; i < deltas.size(); i++) {
      put(bids, deltas.get(i).bids());
      put(asks, deltas.get(i).asks());
    }
    return new Delta(new ArrayList<>(bids.values()), new ArrayList<>(asks.values()));
  }

  /** What takes a reader of the first picture to the second. */
  static Delta difference(Snapshot from, Snapshot to) {
    return new Delta(
        side(from.bids(), to.bids(), Comparator.<Decimal>naturalOrder().reversed()),
        side(from.asks(), to.asks(), Comparator.naturalOrder()));
  }

  private static void put(Map<Decimal, Level> side, List<Level> levels) {
    for (int i = 0; i < levels.size(); i++) {
      side.put(levels.get(i).price(), levels.get(i));
    }
  }

  /** To the letter: a checksum is of the text. */
  private static boolean alike(Level a, Level b) {
    return a.size().toString().equals(b.size().toString())
        && a.price().toString().equals(b.price().toString());
  }

  private static List<Level> side(List<Level> from, List<Level> to, Comparator<Decimal> order) {
    List<Level> changes = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < from.size() || j < to.size()) {
      int which =
          i == from.size()
              ? 1
              : j == to.size() ? -1 : order.compare(from.get(i).price(), to.get(j).price());
      if (which < 0) {
        changes.add(new Level(from.get(i++).price(), ZERO));
      } else if (which > 0) {
        changes.add(to.get(j++));
      } else {
        if (!alike(from.get(i++), to.get(j))) {
          changes.add(to.get(j));
        }
        j++;
      }
    }
    return changes;
  }
}
