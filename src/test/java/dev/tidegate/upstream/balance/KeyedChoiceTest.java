package dev.tidegate.upstream.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyedChoiceTest {
  private static final int KEYS = 4_000;

  /** An endpoint whose load a test sets. */
  private static final class Busy implements StandInConnector {
    private final int number;
    private final int weight;
    private int load;

    Busy(int number, int weight) {
      this.number = number;
      this.weight = weight;
    }

    @Override
    public int number() {
      return number;
    }

    @Override
    public int weight() {
      return weight;
    }

    @Override
    public int load() {
      return load;
    }
  }

  private static Eligible without(BitSet out) {
    return new Eligible() {
      @Override
      public int version() {
        return 0;
      }

      @Override
      public boolean in(int endpoint) {
        return !out.get(endpoint);
      }
    };
  }

  private static List<Busy> endpoints(int count) {
    return IntStream.range(0, count).mapToObj(i -> new Busy(i, 1)).toList();
  }

  private static List<String> names(int count) {
    return IntStream.range(0, count).mapToObj(i -> "host-" + i + ":80").toList();
  }

  private static int[] owners(KeyedChoice choice, Eligible eligible) {
    return IntStream.range(0, KEYS)
        .map(i -> choice.next(HashKey.hash("key-" + i), eligible, null).number())
        .toArray();
  }

  @Property(tries = 40)
  void onlyTheKeysOfAnEndpointThatGoesMoveAndTheySpread(
      @ForAll @IntRange(min = 3, max = 12) int count, @ForAll @IntRange(max = 11) int which) {
    int gone = which % count;
    KeyedChoice choice = new KeyedChoice(endpoints(count), names(count), null);
    BitSet out = new BitSet();
    int[] before = owners(choice, without(out));
    out.set(gone);
    int[] after = owners(choice, without(out));
    BitSet heirs = new BitSet();
    for (int i = 0; i < KEYS; i++) {
      if (before[i] == gone) {
        assertThat(after[i]).isNotEqualTo(gone);
        heirs.set(after[i]);
      } else {
        assertThat(after[i]).isEqualTo(before[i]);
      }
    }
    assertThat(heirs.cardinality()).isEqualTo(count - 1);
  }

  @Property(tries = 20)
  void theOrderOfTheListDoesNotMatterAndOneMoreTakesOnlyItsOwn(@ForAll long seed) {
    List<String> names = new ArrayList<>(names(6));
    int[] before = owners(new KeyedChoice(endpoints(6), names, null), Eligible.ALL);
    List<String> shuffled = new ArrayList<>(names);
    shuffled.add("new:80");
    Collections.shuffle(shuffled, new Random(seed));
    int[] after = owners(new KeyedChoice(endpoints(7), shuffled, null), Eligible.ALL);
    for (int i = 0; i < KEYS; i++) {
      assertThat(shuffled.get(after[i])).isIn(names.get(before[i]), "new:80");
    }
  }

  @Test
  void eachHasItsPartByWeight() {
    List<Busy> weighted = List.of(new Busy(0, 1), new Busy(1, 1), new Busy(2, 2));
    int[] owners = owners(new KeyedChoice(weighted, names(3), null), Eligible.ALL);
    long heavy = IntStream.of(owners).filter(i -> i == 2).count();
    assertThat(heavy / (double) KEYS).isBetween(0.38, 0.62);
    assertThat(IntStream.of(owners).filter(i -> i == 0).count() / (double) KEYS)
        .isBetween(0.15, 0.35);
  }

  @Property(tries = 40)
  void nobodyTakesMoreThanItsBound(@ForAll @IntRange(min = 2, max = 8) int count) {
    List<Busy> endpoints = endpoints(count);
    KeyedChoice choice = new KeyedChoice(endpoints, names(count), 1.25);
    long hot = HashKey.hash("hot");
    for (int inFlight = 1; inFlight <= 200; inFlight++) {
      Busy chosen = (Busy) choice.next(hot, Eligible.ALL, null);
      chosen.load++;
      assertThat(chosen.load).isLessThanOrEqualTo((int) Math.ceil(1.25 * inFlight / count));
    }
  }

  @Test
  void goesOnFromTheOneThatFailedAndTriesSomebodyWhenAllAreOut() {
    KeyedChoice choice = new KeyedChoice(endpoints(3), names(3), 1.25);
    BitSet out = new BitSet();
    Connector first = choice.next(7, without(out), null);
    Connector second = choice.next(7, without(out), first);
    assertThat(second).isNotSameAs(first);
    out.set(second.number());
    assertThat(choice.next(7, without(out), first)).isNotIn(first, second);
    out.set(0, 3);
    assertThat(choice.next(7, without(out), null)).isSameAs(first);
    KeyedChoice alone = new KeyedChoice(endpoints(1), names(1), null);
    Connector only = alone.next(7, Eligible.ALL, null);
    assertThat(alone.next(7, Eligible.ALL, only)).isSameAs(only);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "ADDRESS, -, 1.2.3.4",
        "PATH,    -, /a/b",
        "HEADER,  x-account, acc",
        "COOKIE,  sid, s1",
        "QUERY,   q, two",
        "HEADER,  x-none, 1.2.3.4",
        "COOKIE,  none, 1.2.3.4",
        "QUERY,   none, 1.2.3.4",
      })
  void takesTheHashOfWhatIsConfigured(HashConfig.By by, String name, String key) {
    HashKey hashKey = new HashKey(new HashConfig(by, name, null));
    long hash =
        hashKey.of(
            "1.2.3.4",
            "/a/b?p=one&q=two",
            header ->
                switch (header) {
                  case "x-account" -> "acc";
                  case "cookie" -> "xsid=no; sid=s1; a=b";
                  default -> null;
                });
    assertThat(hash).isEqualTo(HashKey.hash(key));
  }
}
