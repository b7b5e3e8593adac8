package dev.tidegate.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBodyTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"", "nonsense", "{", "[]", "3", "null", "{} {}", "{\"a\":1,\"a\":2}", "{\"c\":1}"})
  void takesOneObjectWithTheKnownNames(String text) {
    assertThatThrownBy(() -> new JsonBody(text, "a", "b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(expected ")
        .hasMessageContaining("a, b");
  }

  @Test
  void whatIsNotThereIsNullOrSomethingElse() {
    JsonBody body = new JsonBody("{\"b\":\"\"}", "a", "b");
    assertThat(body.text("a", 9)).isNull();
    assertThat(body.text("a", 9, "x")).isEqualTo("x");
    assertThat(body.text("b", 9, "x")).isEqualTo("x");
    assertThat(body.integer("a", 0, 9)).isNull();
    assertThat(body.moment("a")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "\" \"", "\"a\\nb\"", "\"0123456789\"", "7", "null"})
  void aTextIsALineWithinItsBound(String text) {
    JsonBody body = new JsonBody("{\"a\":" + text + "}", "a");
    assertThatThrownBy(() -> body.text("a", 9))
        .hasMessage("a (expected a line of 1..9 characters)");
  }

  @ParameterizedTest
  @CsvSource({
    "1600000000, 1600000000000",
    "\"2020-09-13T12:26:40Z\", 1600000000000",
    "\"2020-09-13T12:26:40.5Z\", 1600000000500"
  })
  void aMomentIsSecondsOrIso8601(String text, long millis) {
    assertThat(new JsonBody("{\"a\":" + text + "}", "a").moment("a")).isEqualTo(millis);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"tomorrow\"",
        "true",
        "1.5",
        "\"1969-12-31T23:59:59Z\"",
        "\"+30000-01-01T00:00:00Z\"",
        "-1"
      })
  void aMomentIsNothingElse(String text) {
    JsonBody body = new JsonBody("{\"a\":" + text + "}", "a");
    assertThatThrownBy(() -> body.moment("a")).hasMessageStartingWith("a (expected a time");
  }
}
