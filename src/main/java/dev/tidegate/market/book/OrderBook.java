package dev.tidegate.market.book;

import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Snapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The price levels of one symbol. Prices are compared as numbers. A crossed book is kept as the
 * feed gives it. Not thread-safe.
 */
public final class OrderBook {
  private static final Decimal ZERO = Decimal.of("0");

  private final Levels bids = new Levels(1);
  private final Levels asks = new Levels(-1);

  void apply(Delta delta) {
    bids.setAll(delta.bids());
    asks.setAll(delta.asks());
  }

  void replace(Snapshot snapshot) {
    bids.replace(snapshot.bids());
    asks.replace(snapshot.asks());
  }

  /** Bids from the highest price down, asks from the lowest up. */
  Snapshot snapshot() {
    return new Snapshot(bids.best(), asks.best());
  }

  /** What takes the levels beyond the bound away, the worst prices first; null when none is. */
  @Nullable Delta excess(int bound) {
    if (bids.size <= bound && asks.size <= bound) {
      return null;
    }
    return new Delta(bids.worst(bids.size - bound), asks.worst(asks.size - bound));
  }

  /**
   * One side of the book in an array whose end is the best price: most changes are near the touch,
   * so that little moves and the search from the end is short.
   */
  private static final class Levels {
    private final int sign;
    private @Nullable Level[] levels = new Level[8];
    private int size;

    Levels(int sign) {
      this.sign = sign;
    }

    Level at(int index) {
      return Objects.requireNonNull(levels[index]);
    }

    void setAll(List<Level> changes) {
      for (int i = 0; i < changes.size(); i++) {
        set(changes.get(i));
      }
    }

    private void set(Level level) {
      int index = find(level.price());
      if (index >= 0) {
        if (level.size().isZero()) {
          System.arraycopy(levels, index + 1, levels, index, size - index - 1);
          levels[--size] = null;
        } else {
          levels[index] = level;
        }
      } else if (!level.size().isZero()) {
        int at = -index - 1;
        if (size == levels.length) {
          levels = Arrays.copyOf(levels, size * 2);
        }
        System.arraycopy(levels, at, levels, at + 1, size - at);
        levels[at] = level;
        size++;
      }
    }

    /** The price's index, or {@code -(where it belongs) - 1}. */
    private int find(Decimal price) {
      int low = 0;
      int high = size;
      for (int step = 1; high > 0; step <<= 1) {
        int probe = Math.max(0, high - step);
        int order = order(at(probe), price);
        if (order == 0) {
          return probe;
        }
        if (order < 0) {
          low = probe + 1;
          break;
        }
        high = probe;
      }
      while (low < high) {
        int middle = (low + high) >>> 1;
        int order = order(at(middle), price);
        if (order == 0) {
          return middle;
        }
        if (order < 0) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return -low - 1;
    }

    private int order(Level level, Decimal price) {
      return sign * level.price().compareTo(price);
    }

    /** Levels may come in any order; of two with the same price the later one holds. */
    void replace(List<Level> all) {
      Level[] sorted = all.toArray(new Level[0]);
      Arrays.sort(sorted, (a, b) -> sign * a.price().compareTo(b.price()));
      levels = new Level[Math.max(8, sorted.length)];
      size = 0;
      for (int i = 0; i < sorted.length; i++) {
        boolean last =
            i + 1 == sorted.length || sorted[i].price().compareTo(sorted[i + 1].price()) != 0;
        if (last && !sorted[i].size().isZero()) {
          levels[size++] = sorted[i];
        }
      }
    }

    List<Level> best() {
      Level[] out = new Level[size];
      for (int i = 0; i < size; i++) {
        out[i] = at(size - 1 - i);
      }
      return Collections.unmodifiableList(Arrays.asList(out));
    }

    List<Level> worst(int count) {
      List<Level> out = new ArrayList<>(Math.max(0, count));
      for (int i = 0; i < count; i++) {
        out.add(new Level(at(i).price(), ZERO));
      }
      return out;
    }
  }
}
