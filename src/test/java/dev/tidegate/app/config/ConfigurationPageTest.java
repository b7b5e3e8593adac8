package dev.tidegate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.config.Default;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tables of docs/configuration.md tell every property, and its default as the records do. */
class ConfigurationPageTest {
  private static final Pattern ROW = Pattern.compile("\\| (`[^|]*`) \\|([^|]*)\\|.*");
  private static final Pattern LITERAL = Pattern.compile("`[^`]*`|[\\d ]+( [KM]B)?");
  private static final Pattern SIZE = Pattern.compile("([\\d ]+)( [KM]B)?");

  /** Nothing, in the words of the page. */
  private static final Set<String> WORDS = Set.of("none", "all", "six of the usual");

  private static final String NONE = "(none)";

  /** What the headings of the page stand for. */
  private static final Map<String, String> SECTIONS =
      Map.of(
          "The node", "",
          "routes", "routes[].",
          "upstreams", "upstreams[].",
          "regions", "regions[].",
          "rateLimits", "rateLimits[].",
          "concurrencyLimits", "concurrencyLimits[].",
          "tiers", "stream.tiers.*.");

  private final Map<String, String> declared = new TreeMap<>();
  private final Map<String, String> documented = new TreeMap<>();

  ConfigurationPageTest() throws IOException {
    declare(GatewayConfig.class, "");
    String section = "";
    for (String line : Files.readAllLines(Path.of("docs/configuration.md"))) {
      if (line.startsWith("#")) {
        String heading = line.replaceFirst("#+ ", "");
        section = SECTIONS.getOrDefault(heading, heading + ".");
      }
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        document(section, row.group(1).split(", "), row.group(2).strip());
      }
    }
  }

  @Test
  void tellsEveryPropertyAndNoOther() {
    assertThat(documented.keySet()).containsExactlyElementsOf(declared.keySet());
  }

  @Test
  void tellsTheDefaultsThatAreDeclared() {
    Map<String, String> wrong = new TreeMap<>();
    documented.forEach(
        (path, told) -> {
          String real = declared.getOrDefault(path, NONE);
          boolean fits =
              real.equals(NONE) ? !LITERAL.matcher(told).matches() : real.equals(told(told));
          if (!fits) {
            wrong.put(path, told + ", but it is " + real);
          }
        });
    assertThat(wrong).isEmpty();
  }

  private void document(String section, String[] names, String cell) {
    String[] defaults = names.length == 1 ? new String[] {cell} : cell.split(", ");
    for (int i = 0; i < names.length; i++) {
      boolean each = defaults.length == names.length;
      assertThat(each || defaults.length == 1).as(String.join(", ", names)).isTrue();
      documented.put(section + names[i].replace("`", ""), each ? defaults[i] : cell);
    }
  }

  private void declare(Class<?> type, String prefix) {
    for (RecordComponent component : type.getRecordComponents()) {
      String path = prefix + component.getName();
      Type inner = component.getGenericType();
      if (inner instanceof ParameterizedType generic) {
        Type[] of = generic.getActualTypeArguments();
        path += of.length == 1 ? "[]" : ".*";
        inner = of[of.length - 1];
      }
      if (inner instanceof Class<?> section && section.isRecord()) {
        declare(section, path + ".");
      } else {
        Default given = component.getAnnotation(Default.class);
        declared.put(prefix + component.getName(), given == null ? NONE : plain(given.value()));
      }
    }
  }

  /** What the page says in words, as the records say it. */
  private static String told(String cell) {
    return WORDS.contains(cell) ? "" : plain(cell);
  }

  /** The same for 8 KB and 8192, for a list of one and the one, for an empty list and nothing. */
  private static String plain(String text) {
    String bare = text.replaceAll("[`'\\[\\]{}]", "").strip();
    Matcher size = SIZE.matcher(bare);
    if (!size.matches()) {
      return bare;
    }
    long number = Long.parseLong(size.group(1).replace(" ", ""));
    String unit = size.group(2) == null ? "" : size.group(2).strip();
    return String.valueOf(
        unit.equals("KB") ? number << 10 : unit.equals("MB") ? number << 20 : number);
  }
}
