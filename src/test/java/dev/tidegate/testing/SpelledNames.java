package dev.tidegate.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Every place where a name is read from a target, and every spelling of a name: it is read right or
 * refused with what was expected, and always answered.
 */
public final class SpelledNames {
  private SpelledNames() {}

  /**
   * One place.
   *
   * @param target the target in which the name stands, spelled in some way
   * @param query whether that is in the query, where a plus is a space
   * @param right fails when the answer is not right for what the name stands for
   */
  public record Row(
      String method,
      UnaryOperator<String> target,
      boolean query,
      BiConsumer<RawAnswer, String> right) {
    public static Row path(
        String method, UnaryOperator<String> target, BiConsumer<RawAnswer, String> right) {
      return new Row(method, target, false, right);
    }

    public static Row query(
        String method, UnaryOperator<String> target, BiConsumer<RawAnswer, String> right) {
      return new Row(method, target, true, right);
    }
  }

  /** A refusal that names the parameter. */
  public static BiConsumer<RawAnswer, String> refused(String parameter) {
    return (answer, meant) -> {
      assertThat(answer.status()).as(answer.body()).isEqualTo(400);
      assertThat(answer.isProblem()).isTrue();
      assertThat(answer.detail()).contains(parameter);
    };
  }

  /** There is nothing of this name, said with these words and {@code %s} for the name. */
  public static BiConsumer<RawAnswer, String> nothing(int status, String words) {
    return (answer, meant) -> {
      assertThat(answer.status()).as(answer.body()).isEqualTo(status);
      assertThat(answer.isProblem()).isTrue();
      assertThat(answer.detail()).contains(words.replace("%s", meant));
    };
  }

  /**
   * Asks for all of them.
   *
   * @param rest of each request, after its first line
   * @param places as the routes have them: each must have a row, and each row a place
   */
  public static void check(int port, String rest, Set<String> places, Map<String, Row> rows) {
    assertThat(new TreeSet<>(rows.keySet()))
        .as("places where names are read, and rows that say how they are read right")
        .containsExactlyElementsOf(new TreeSet<>(places));
    List<Runnable> checks = new ArrayList<>();
    rows.forEach((place, row) -> checks.addAll(checks(port, rest, place, row)));
    checks.parallelStream().forEach(Runnable::run);
  }

  private static List<Runnable> checks(int port, String rest, String place, Row row) {
    List<Runnable> checks = new ArrayList<>();
    for (String name : Names.AWKWARD) {
      checks.add(() -> wellFormed(port, rest, place, row, Names.escaped(name), name));
      checks.add(() -> wellFormed(port, rest, place, row, everyByte(name), name));
    }
    String plus = row.query ? "a b" : "a+b";
    checks.add(() -> wellFormed(port, rest, place, row, "a+b", plus));
    for (String spelled : Names.MALFORMED) {
      checks.add(
          () -> {
            RawAnswer answer = ask(port, rest, row, spelled);
            assertThat(answer.status()).as(place + " " + spelled).isEqualTo(400);
            assertThat(answer.isProblem()).as(place + " " + spelled).isTrue();
            assertThat(answer.detail()).as(place + " " + spelled).contains("expected");
          });
    }
    // A space ends the target: what comes after it is no version.
    checks.add(
        () ->
            assertThat(ask(port, rest, row, "a b").status())
                .as(place + " with a space")
                .isEqualTo(400));
    return checks;
  }

  private static void wellFormed(
      int port, String rest, String place, Row row, String spelled, String meant) {
    RawAnswer answer = ask(port, rest, row, spelled);
    try {
      row.right.accept(answer, meant);
    } catch (AssertionError e) {
      throw new AssertionError(place + " spelled " + spelled + ": " + e.getMessage(), e);
    }
  }

  private static RawAnswer ask(int port, String rest, Row row, String spelled) {
    return RawAnswer.of(
        port, row.method + " " + row.target.apply(spelled) + " HTTP/1.1\r\n" + rest);
  }

  private static String everyByte(String name) {
    StringBuilder escaped = new StringBuilder();
    for (byte each : name.getBytes(StandardCharsets.UTF_8)) {
      escaped.append(String.format("%%%02x", each));
    }
    return escaped.toString();
  }

  /** The places of a path with names in braces or after colons, and of its parameters. */
  public static Stream<String> places(String method, String path, List<String> parameters) {
    Stream<String> named =
        Stream.of(path.split("/"))
            .filter(segment -> segment.startsWith("{") || segment.startsWith(":"))
            .map(segment -> segment.replaceAll("[^A-Za-z]", ""));
    return Stream.concat(named, parameters.stream()).map(name -> method + " " + path + " " + name);
  }
}
