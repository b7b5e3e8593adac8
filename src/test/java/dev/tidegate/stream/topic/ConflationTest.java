package dev.tidegate.stream.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.stream.FakeMarket;
import java.util.HashSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ConflationTest {
  @Provide
  Arbitrary<Delta> deltas() {
    Arbitrary<List<Level>> side =
        Combinators.combine(
                Arbitraries.integers().between(1, 8), Arbitraries.integers().between(0, 3))
            .as((price, size) -> FakeMarket.level(price.toString(), size.toString()))
            .list()
            .ofMaxSize(4)
            .uniqueElements(Level::price);
    return Combinators.combine(side, side).as(Delta::new);
  }

  @Property
  void mergingIsAssociative(
      @ForAll("deltas") Delta a, @ForAll("deltas") Delta b, @ForAll("deltas") Delta c) {
    Delta left = Conflation.merge(List.of(Conflation.merge(List.of(a, b)), c));
    Delta right = Conflation.merge(List.of(a, Conflation.merge(List.of(b, c))));
    Delta all = Conflation.merge(List.of(a, b, c));
    assertThat(sets(left)).isEqualTo(sets(all));
    assertThat(sets(right)).isEqualTo(sets(all));
  }

  @Property
  void mergedDeltasMakeTheSameBook(
      @ForAll("deltas") Delta a, @ForAll("deltas") Delta b, @ForAll("deltas") Delta c) {
    Book each = new Book();
    List.of(a, b, c).forEach(each::apply);
    Book merged = new Book();
    merged.apply(a);
    merged.apply(Conflation.merge(List.of(b, c)));
    assertThat(merged.snapshot(99)).isEqualTo(each.snapshot(99));
  }

  @Property
  void theDifferenceLeadsFromOnePictureToTheOther(
      @ForAll("deltas") Delta first, @ForAll("deltas") Delta second) {
    Book book = new Book();
    book.apply(first);
    Snapshot before = book.snapshot(3);
    book.apply(second);
    Snapshot after = book.snapshot(3);
    Book view = new Book();
    view.apply(before);
    view.apply(Conflation.difference(before, after));
    assertThat(view.snapshot(99)).isEqualTo(after);
  }

  private static List<?> sets(Delta delta) {
    return List.of(new HashSet<>(delta.bids()), new HashSet<>(delta.asks()));
  }
}
