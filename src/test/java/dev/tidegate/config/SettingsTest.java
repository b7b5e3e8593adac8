package dev.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  enum Colour {
    RED,
    BLUE
  }

  record Part(@Default("8080") int port, String name) {
    Part {
      Check.port("port", port);
    }
  }

  record Whole(
      @Default("5s") Duration pause,
      @Default("true") boolean eager,
      @Default("0.5") double share,
      @Default("10485760") long bytes,
      @Default("[a, b]") List<String> names,
      @Default("{}") Map<String, Part> parts,
      @Default("blue") Colour colour,
      @Default("{name: inner}") Part part,
      List<Part> more,
      Integer derived) {
    Whole {
      derived = derived == null ? (int) pause.toSeconds() : derived;
    }
  }

  @Test
  void whatIsNotGivenIsAsItsDefaultSays() {
    Whole whole = Settings.of(Whole.class, "{}");
    assertThat(whole)
        .isEqualTo(
            new Whole(
                Duration.ofSeconds(5),
                true,
                0.5,
                10_485_760,
                List.of("a", "b"),
                Map.of(),
                Colour.BLUE,
                new Part(8080, "inner"),
                null,
                5));
  }

  @Test
  void whatIsGivenWins() {
    Whole whole =
        Settings.of(
            Whole.class,
            "{pause: 1m, eager: false, names: [], colour: red, part: {port: 1}, more: [{}], derived: 7}");
    assertThat(whole.pause()).isEqualTo(Duration.ofMinutes(1));
    assertThat(whole.eager()).isFalse();
    assertThat(whole.names()).isEmpty();
    assertThat(whole.colour()).isEqualTo(Colour.RED);
    assertThat(whole.part()).isEqualTo(new Part(1, null));
    assertThat(whole.more()).containsExactly(new Part(8080, null));
    assertThat(whole.derived()).isEqualTo(7);
  }

  record Words(@Default("off") String log, @Default("yes") String answer) {}

  @Test
  void wordsThatOtherReadersTakeForBooleansAreWords() throws Exception {
    assertThat(Settings.of(Words.class, "{}")).isEqualTo(new Words("off", "yes"));
    assertThat(Settings.of(Words.class, "{log: on, answer: no}")).isEqualTo(new Words("on", "no"));
    assertThat(Settings.yaml().readTree("log: off").path("log").asText()).isEqualTo("off");
  }

  @ParameterizedTest
  @CsvSource({"on, true", "yes, true", "off, false", "No, false", "true, true", "false, false"})
  void booleansMayBeThoseWordsToo(String word, boolean value) {
    assertThat(Settings.of(Whole.class, "{eager: " + word + "}").eager()).isEqualTo(value);
  }

  @Test
  void nothingAtAllIsTheDefaultToo() {
    assertThat(Settings.of(Part.class, "{port: null}").port()).isEqualTo(8080);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{unknown: 1}",
        "{pause: 5}",
        "{pause: 5 s}",
        "{eager: 1}",
        "{eager: maybe}",
        "{eager: 'true'}",
        "{bytes: 1.5}",
        "{bytes: '1'}",
        "{pause: 1s, pause: 2s}",
        "{colour: green}",
        "{part: {port: 70000}}"
      })
  void whatDoesNotFitIsRefused(String yaml) {
    assertThatThrownBy(() -> Settings.of(Whole.class, yaml))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"0s, 0s", "250us, 250us", "1500ms, 1500ms", "90s, 90s", "120s, 2m", "60m, 1h"})
  void durationsAreShownAsTheyAreWritten(String given, String shown) {
    Duration duration = Settings.of(Whole.class, "{pause: " + given + "}").pause();
    assertThatThrownBy(() -> Check.that(false, "pause", duration, "less"))
        .hasMessage("pause: " + shown + " (expected less)");
  }

  @Test
  void saysWhatIsWrongAndWhatIsExpected() {
    assertThatThrownBy(() -> Check.port("tls.port", 70_000))
        .hasMessage("tls.port: 70000 (expected 0..65535)");
    assertThatThrownBy(() -> Check.given("name", null, "a name"))
        .hasMessage("name: missing (expected a name)");
    assertThatThrownBy(() -> Check.given("name", " ", "a name"))
        .hasMessage("name:   (expected a name)");
    assertThatThrownBy(() -> Check.secret(false, "token", "16 characters"))
        .hasMessage("token: *** (expected 16 characters)");
    assertThatThrownBy(() -> Check.positive("ping", Duration.ofNanos(5_000)))
        .hasMessage("ping: 5us (expected 1ms or more)");
    assertThatThrownBy(
            () -> Check.within("lease", Duration.ofDays(2), Duration.ZERO, Duration.ofHours(3)))
        .hasMessage("lease: 2d (expected 0s..3h)");
  }
}
