package dev.tidegate.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Markets.Directory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What is listed, held to a model that keeps whole directories and nothing else. */
class ListingTest {
  private static final int SHARDS = 3;
  private static final long SECOND = 1_000_000_000L;
  private static final long RELISTING = 5 * SECOND;

  /** What a shard's owner lists, of a new numbering or of the one before, and for how long. */
  private record Step(int shard, boolean anew, int size, int seconds) {
    /** Some symbols of one numbering are not those of the next. */
    Directory directory(int epoch) {
      List<String> symbols = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        symbols.add("S" + shard + (i + epoch % 2 * 2));
      }
      return new Directory(shard, SHARDS, "e" + epoch, "n", symbols);
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Step> step =
        Combinators.combine(
                Arbitraries.integers().between(0, SHARDS - 1),
                Arbitraries.of(true, false),
                Arbitraries.integers().between(0, 5),
                Arbitraries.of(0, 1, 2, 4, 7))
            .as(Step::new);
    return step.list().ofMaxSize(30);
  }

  /** The last numbering of a shard, and those before it while it may still list what they had. */
  private static final class Model {
    private String epoch = "";
    private long since;
    private Set<String> now = Set.of();
    private final Set<String> before = new HashSet<>();

    /** An owner only ever adds to a numbering. */
    boolean takes(Directory directory) {
      return !epoch.equals(directory.epoch()) || directory.symbols().containsAll(now);
    }

    void hear(Directory directory, long nanos) {
      if (!epoch.equals(directory.epoch())) {
        epoch = directory.epoch();
        since = nanos;
      }
      before.addAll(now);
      now = Set.copyOf(directory.symbols());
    }

    Set<String> listed(long nanos) {
      if (nanos - since > RELISTING) {
        before.clear();
      }
      Set<String> all = new HashSet<>(before);
      all.addAll(now);
      return all;
    }
  }

  @Property
  void aNumberingReplacesTheOneBeforeIt(@ForAll("steps") List<Step> steps) {
    Listing listing = new Listing(0);
    Map<Integer, Model> models = new HashMap<>();
    Map<Integer, Integer> epochs = new HashMap<>();
    long now = 0;
    for (Step step : steps) {
      int epoch = epochs.merge(step.shard(), step.anew() ? 1 : 0, Integer::sum);
      Model model = models.computeIfAbsent(step.shard(), k -> new Model());
      Directory directory = step.directory(epoch);
      if (model.takes(directory)) {
        listing.hear(directory, now);
        model.hear(directory, now);
      }
      now += step.seconds() * SECOND;
      Set<String> expected = new TreeSet<>();
      for (Model each : models.values()) {
        expected.addAll(each.listed(now));
      }
      listing.check(now);
      assertThat(listing.symbols()).containsExactlyElementsOf(expected);
    }
  }

  @Example
  void whatIsGoneIsTold() {
    Listing listing = new Listing(0);
    listing.hear(new Directory(0, 1, "e1", "n", List.of("A", "B")), 0);
    listing.hear(new Directory(0, 1, "e2", "n", List.of("B")), SECOND);
    assertThat(listing.check(SECOND + RELISTING)).isEmpty();
    assertThat(listing.check(SECOND + RELISTING + 1))
        .containsExactly(new Listing.Gone("A", 0, "e2"));
    assertThat(listing.shard("A")).isNull();
    assertThat(listing.shard("B")).isZero();
  }

  @Example
  void aSymbolOfAnotherShardStays() {
    Listing listing = new Listing(0);
    listing.hear(new Directory(0, 2, "e1", "n", List.of("A")), 0);
    listing.hear(new Directory(1, 2, "e1", "n", List.of("A")), 0);
    listing.hear(new Directory(0, 2, "e2", "n", List.of()), 0);
    assertThat(listing.check(RELISTING + 1)).isEmpty();
    assertThat(listing.shard("A")).isEqualTo(1);
  }

  @Example
  void saysWhatItDoesNotKnow() {
    Listing listing = new Listing(0);
    assertThat(listing.complete()).isFalse();
    assertThat(listing.missing()).isEqualTo("no shard has been listed yet");
    listing.hear(new Directory(0, 3, "e1", "n", List.of()), 0);
    assertThat(listing.complete()).isFalse();
    assertThat(listing.missing()).isEqualTo("2 of 3 shards have not been listed yet");
    listing.hear(new Directory(1, 3, "e1", "n", List.of()), 0);
    listing.hear(new Directory(2, 3, "e1", "n", List.of()), 0);
    assertThat(listing.complete()).isTrue();
  }
}
