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
    "/a//b, /a/b",
    "//a///, /a/",
    "/a//../b, /b",
    "/a/%2e/%2E%2e//b, /b",
    "/a?b//c=%zz, /a",
    "/a%20b, /a%20b",
    "/%c0%41%e0%a0%80%f0%90%80%80%C1, /%C0A%E0%A0%80%F0%90%80%80%C1"
  })
  void bringsPathsToTheirNormalForm(String target, String normal) {
    assertThat(Paths.normal(target)).isEqualTo(normal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "*",
        "?a",
        "/a b",
        "/a\\b",
        "/%",
        "/%4",
        "/%zz",
        "/%00",
        "/\u00e4",
        "/\t",
        "/a#b",
        "/a?b#c",
        "/a?b c",
        "/%c0%af",
        "/%C1%9c",
        "/%e0%80%af",
        "/%f0%80%80%af",
        "/a?\u00e4",
        "/a?\u0000",
        "/a?\r\n"
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
      assertThat(normal).startsWith("/").doesNotContain("/../", "/./", "//");
    }
  }
}
