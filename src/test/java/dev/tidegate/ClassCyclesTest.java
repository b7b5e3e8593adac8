package dev.tidegate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ClassCyclesTest {
  @Test
  void findsWhatNeedsEachOtherAndNothingElse() {
    Map<String, Set<String>> graph =
        new TreeMap<>(
            Map.of(
                "a", Set.of("b", "e"),
                "b", Set.of("c"),
                "c", Set.of("a", "d"),
                "d", Set.of("e"),
                "e", Set.of("f"),
                "f", Set.of("e", "g"),
                "g", Set.of()));
    assertThat(ClassCycles.of(graph))
        .containsExactlyInAnyOrder(Set.of("a", "b", "c"), Set.of("e", "f"));
  }

  @Test
  void oneWayIsNoCycle() {
    Map<String, Set<String>> graph =
        Map.of("a", Set.of("b", "c"), "b", Set.of("c"), "c", Set.<String>of());
    assertThat(ClassCycles.of(graph)).isEmpty();
  }
}
