package dev.tidegate.route;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathsTest {
  @ParameterizedTest
  @CsvSource({
    "/, /",
    "/a/b, /a/b",
    "/a/b?c=/../d, /a/b",
    "/a/./b, /a/b",
    "/a/../b, /b",
    "/a/b/.., /a/",
    "/a/., /a/",
    "/../../a, /a",
    "/.., /",
    "/%61%2F%2f, /a%2F%2F",
    "/a/%2e%2E/b, /b",
    "/a..b/.c, /a..b/.c",
    "/a//b, /a//b",
    "/a%20b, /a%20b"
  })
  void bringsPathsToTheirNormalForm(String target, String normal) {
    assertThat(Paths.normal(target)).isEqualTo(normal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "a", "*", "?a", "/a b", "/a\\b", "/%", "/%4", "/%zz", "/%00", "/\u00e4", "/\t"
      })
  void refusesWhatIsNoPath(String target) {
    assertThat(Paths.normal(target)).isNull();
  }

  @Property
  void leavesANormalPathAsItIs(
      @ForAll @CharRange(from = '!', to = 'z') @StringLength(max = 20) String rest) {
    String normal = Paths.normal("/" + rest);
    if (normal != null) {
      assertThat(Paths.normal(normal)).isEqualTo(normal);
      assertThat(normal).startsWith("/").doesNotContain("/../").doesNotContain("/./");
    }
  }
}
