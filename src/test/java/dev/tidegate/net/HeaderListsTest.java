package dev.tidegate.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderListsTest {
  private static MultiMap of(String name, String... lines) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    for (String line : lines) {
      headers.add(name, line);
    }
    return headers;
  }

  @Test
  void takesLinesForOneList() {
    assertThat(HeaderLists.elements(of("Te", "a, ,b;q=1", ",", "\"x,\\\"y\", c"), "te"))
        .containsExactly("a", "b;q=1", "\"x,\\\"y\"", "c");
    assertThat(HeaderLists.elements(of("x"), "te")).isEmpty();
  }

  /** However a list is cut into lines. */
  @Property
  void theCutDoesNotMatter(
      @ForAll @Size(min = 1, max = 6)
          List<@CharRange(from = 'a', to = 'f') @StringLength(min = 1, max = 3) String> elements,
      @ForAll int cut) {
    int at = Math.floorMod(cut, elements.size());
    MultiMap two =
        of(
            "x",
            String.join(" , ", elements.subList(0, at)),
            String.join(",", elements.subList(at, elements.size())));
    assertThat(HeaderLists.elements(two, "X")).isEqualTo(elements);
    for (String element : elements) {
      assertThat(HeaderLists.has(two, "X", element.toUpperCase(Locale.ROOT))).isTrue();
    }
    assertThat(HeaderLists.has(two, "X", "g")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text/event-stream|1000",
        "TEXT/Event-Stream; a=b|1000",
        "text/html, text/event-stream;q=0.5|500",
        "text/event-stream;q=0|0",
        "text/event-stream ; Q = 0.000|0",
        "text/event-stream;a=\"q=0;,\";q=0.25|250",
        "text/event-stream;q=0, text/event-stream;b=1;q=0.1|100",
        "text/event-stream;q=x|1000",
        "text/event-streams|0",
        "*/*|0",
        "application/json|0"
      })
  void weighsWhatIsAccepted(String accept, int quality) {
    assertThat(HeaderLists.quality(of("Accept", accept), "text/event-stream")).isEqualTo(quality);
    assertThat(HeaderLists.quality(of("Accept", "a/b", accept), "text/event-stream"))
        .isEqualTo(quality);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"a\"|true",
        "\"b\", \"a\"|true",
        "W/\"a\"|true",
        "*|true",
        "\"ab\"|false",
        "\"b,\"a\"|false",
        "a|false"
      })
  void findsAnEntityTag(String noneMatch, boolean found) {
    assertThat(HeaderLists.noneMatchHas(of("If-None-Match", noneMatch), "\"a\"")).isEqualTo(found);
    assertThat(HeaderLists.noneMatchHas(of("If-None-Match", "\"z\"", noneMatch), "\"a\""))
        .isEqualTo(found);
  }
}
