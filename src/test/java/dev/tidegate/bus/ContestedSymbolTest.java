package dev.tidegate.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Markets.Directory;
import dev.tidegate.bus.Markets.Spell;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ContestedSymbolTest {
  private static final long SECOND = 1_000_000_000L;

  private final Listing listing = new Listing(0);

  private static Directory of(int shard, String epoch, String symbol, long first, long last) {
    return new Directory(
        shard, 4, epoch, "n1", List.of(symbol), List.of(new Spell(symbol, first, last)));
  }

  private static Directory of(int shard, String epoch, String... symbols) {
    return new Directory(shard, 4, epoch, "n1", List.of(symbols));
  }

  @Test
  void aSymbolOfTwoShardsThatAreBothToldOfItIsTheLowers() {
    listing.hear(of(2, "e2", "X", 5, 90), 0);
    assertThat(listing.shard("X")).isEqualTo(2);
    Listing.Heard heard = listing.hear(of(1, "e1", "X", 3, 80), 0);
    assertThat(heard.contested()).containsExactly("X");
    assertThat(heard.moved()).isTrue();
    assertThat(heard.fresh()).isFalse();
    assertThat(listing.shard("X")).isEqualTo(1);
    assertThat(listing.isElsewhere("X", 2)).isTrue();
    assertThat(listing.isElsewhere("X", 1)).isFalse();
    assertThat(listing.hear(of(2, "e2", "X", 5, 99), 0).changed()).isFalse();
  }

  @Test
  void aSymbolThatMovedBelongsToWhereItWent() {
    listing.hear(of(1, "e1", "X", 3, 80), 0);
    listing.hear(of(2, "e2", "X", 81, 90), 0);
    assertThat(listing.shard("X")).isEqualTo(2);
    listing.hear(of(1, "e1", "X", 3, 95), 0);
    assertThat(listing.shard("X")).as("told of it still").isEqualTo(1);
  }

  @Test
  void aSymbolIsNotKeptByAShardThatIsToldOfItNoLonger() {
    listing.hear(of(1, "e1", "X", 3, 80), 0);
    listing.hear(of(2, "e2", "X", 5, 30_000_080), 0);
    assertThat(listing.shard("X")).isEqualTo(1);
    listing.hear(of(2, "e2", "X", 5, 30_000_081), 0);
    assertThat(listing.shard("X")).isEqualTo(2);
  }

  @Test
  void nothingMovesBeforeAllSayWhatTheyWereToldOfIt() {
    listing.hear(of(2, "e2", "X"), 0);
    assertThat(listing.hear(of(1, "e1", "X"), 0).changed()).isFalse();
    listing.hear(of(2, "e2", "X", 3, 9), 0);
    assertThat(listing.shard("X")).isEqualTo(2);
    assertThat(listing.hear(of(1, "e1", "X", 3, 9), 0).moved()).isTrue();
    assertThat(listing.shard("X")).isEqualTo(1);
  }

  @Test
  void whatANewNumberingDoesNotListIsAnothersOrGone() {
    listing.hear(of(1, "e1", "X", "Y"), 0);
    listing.hear(of(1, "f1", "Z"), SECOND);
    assertThat(listing.symbols()).containsExactlyInAnyOrder("X", "Y", "Z");
    assertThat(listing.hear(of(3, "e3", "X"), 2 * SECOND).moved()).isTrue();
    assertThat(listing.shard("X")).as("listed there, and no longer here").isEqualTo(3);
    assertThat(listing.check(5 * SECOND)).isEmpty();
    assertThat(listing.check(7 * SECOND)).containsExactly(new Listing.Gone("Y", 1, "f1"));
    assertThat(listing.symbols()).containsExactlyInAnyOrder("X", "Z");
    assertThat(listing.contested()).isEmpty();
  }

  @Test
  void aShardThatThereIsNoLongerTakesItsSymbolsWithIt() {
    listing.hear(of(1, "e1", "X"), 0);
    listing.hear(of(3, "e3", "Y"), 0);
    listing.hear(new Directory(1, 2, "f1", "n1", List.of("X")), SECOND);
    assertThat(listing.check(4 * SECOND)).as("it may be heard of still").isEmpty();
    assertThat(listing.check(6 * SECOND)).containsExactly(new Listing.Gone("Y", 3, "e3"));
    assertThat(listing.shard("Y")).isNull();
  }

  /** Whoever heard the same in whatever order says the same: that is what one owner means. */
  @Property(tries = 2_000)
  void allSayTheSameOwner(@ForAll long seed) {
    Random dice = new Random(seed);
    List<Directory> last = new ArrayList<>();
    Listing one = new Listing(0);
    Listing other = new Listing(0);
    for (int shard = 0; shard < 4; shard++) {
      for (int i = dice.nextInt(4); i >= 0; i--) {
        long first = dice.nextInt(100) * 1_000_000L;
        Directory said = of(shard, "e" + i, "X", first, first + dice.nextInt(60) * 1_000_000L);
        (dice.nextBoolean() ? one : other).hear(said, i);
      }
      long first = dice.nextInt(100) * 1_000_000L;
      last.add(of(shard, "f", "X", first, first + dice.nextInt(60) * 1_000_000L));
    }
    Collections.shuffle(last, dice);
    last.forEach(said -> one.hear(said, 9));
    Collections.shuffle(last, dice);
    last.forEach(said -> other.hear(said, 9));
    assertThat(one.shard("X")).isEqualTo(other.shard("X")).isNotNull();
    long elsewhere = last.stream().filter(d -> one.isElsewhere("X", d.shard())).count();
    assertThat(elsewhere).as("all but one shard know that it is not theirs").isEqualTo(3);
  }
}
