package dev.tidegate.market.book;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Snapshot;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class OrderBookTest {
  /** A change of the book: a snapshot when {@code whole}. */
  record Change(boolean whole, List<Level> bids, List<Level> asks) {}

  @Property(tries = 500)
  void isTheSameAsSortedMapsOfNumbers(@ForAll("changes") List<Change> changes) {
    OrderBook book = new OrderBook();
    TreeMap<BigDecimal, String> bids = new TreeMap<>(Collections.reverseOrder());
    TreeMap<BigDecimal, String> asks = new TreeMap<>();
    for (Change change : changes) {
      if (change.whole()) {
        book.replace(new Snapshot(change.bids(), change.asks()));
        bids.clear();
        asks.clear();
      } else {
        book.apply(new Delta(change.bids(), change.asks()));
      }
      set(bids, change.bids());
      set(asks, change.asks());
      assertThat(sizes(book.snapshot().bids())).isEqualTo(List.copyOf(bids.values()));
      assertThat(prices(book.snapshot().bids())).isEqualTo(List.copyOf(bids.keySet()));
      assertThat(sizes(book.snapshot().asks())).isEqualTo(List.copyOf(asks.values()));
      assertThat(prices(book.snapshot().asks())).isEqualTo(List.copyOf(asks.keySet()));
    }
  }

  @Test
  void takesTheWorstLevelsAwayBeyondTheBound() {
    OrderBook book = new OrderBook();
    book.replace(
        new Snapshot(
            List.of(level("1", "1"), level("2", "1"), level("3", "1")), List.of(level("4", "1"))));
    Delta excess = book.excess(2);
    assertThat(excess).isNotNull();
    assertThat(excess.bids()).containsExactly(level("1", "0"));
    assertThat(excess.asks()).isEmpty();
    book.apply(excess);
    assertThat(book.excess(2)).isNull();
    assertThat(prices(book.snapshot().bids()))
        .containsExactly(new BigDecimal("3.0"), new BigDecimal("2.0"));
  }

  @Test
  void equalPricesWrittenDifferentlyAreOneLevel() {
    OrderBook book = new OrderBook();
    book.apply(new Delta(List.of(level("100.10", "1")), List.of()));
    book.apply(new Delta(List.of(level("100.1", "2")), List.of()));
    assertThat(book.snapshot().bids()).containsExactly(level("100.1", "2"));
    book.apply(new Delta(List.of(level("100.100", "0.00")), List.of()));
    assertThat(book.snapshot().bids()).isEmpty();
  }

  @Provide
  Arbitrary<List<Change>> changes() {
    Arbitrary<String> price =
        Combinators.combine(Arbitraries.integers().between(-2, 9), Arbitraries.of("", ".0", ".5"))
            .as((whole, rest) -> whole + rest);
    Arbitrary<Level> level =
        Combinators.combine(price, Arbitraries.of("0", "0.0", "1", "2.50"))
            .as(OrderBookTest::level);
    Arbitrary<List<Level>> levels = level.list().ofMaxSize(12);
    return Combinators.combine(
            Arbitraries.frequency(
                net.jqwik.api.Tuple.of(1, true), net.jqwik.api.Tuple.of(6, false)),
            levels,
            levels)
        .as(Change::new)
        .list()
        .ofMaxSize(20);
  }

  private static void set(Map<BigDecimal, String> side, List<Level> levels) {
    for (Level level : levels) {
      if (level.size().isZero()) {
        side.remove(key(level));
      } else {
        side.put(key(level), level.size().toString());
      }
    }
  }

  private static BigDecimal key(Level level) {
    return level.price().toBigDecimal().setScale(1);
  }

  private static List<String> sizes(List<Level> levels) {
    return levels.stream().map(l -> l.size().toString()).toList();
  }

  private static List<BigDecimal> prices(List<Level> levels) {
    return levels.stream().map(OrderBookTest::key).toList();
  }

  static Level level(String price, String size) {
    return new Level(Decimal.of(price), Decimal.of(size));
  }
}
