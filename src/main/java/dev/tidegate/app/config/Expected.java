package dev.tidegate.app.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a file may say where it said something else, in the words of the file. */
final class Expected {
  private static final Map<Class<?>, String> SINGLE =
      Map.of(
          Duration.class, "a duration such as 250ms, 5s, 10m, 24h",
          String.class, "text",
          boolean.class, "true or false",
          Boolean.class, "true or false",
          int.class, "a whole number",
          Integer.class, "a whole number",
          long.class, "a whole number",
          Long.class, "a whole number",
          double.class, "a number",
          Double.class, "a number");

  private Expected() {}

  static String of(Class<?> type) {
    return "(expected " + kind(type) + ")";
  }

  /** A value of the wrong kind; of a text, which may be a secret, only that it is none. */
  static String found(@Nullable JsonNode value, Class<?> type) {
    String kind =
        value == null || value.isNull()
            ? "nothing"
            : value.isContainerNode() || type == String.class ? shape(value) : value.asText();
    return kind + " " + of(type);
  }

  private static String kind(Class<?> type) {
    if (type.isEnum()) {
      return "one of " + String.join(", ", words(type));
    }
    String single = SINGLE.get(type);
    if (single != null) {
      return single;
    }
    if (Collection.class.isAssignableFrom(type) || type.isArray()) {
      return "a list";
    }
    return type.isRecord() || Map.class.isAssignableFrom(type)
        ? "a mapping"
        : type.getSimpleName().toLowerCase(Locale.ROOT);
  }

  /** The values of an enumeration as a file gives them. */
  private static List<String> words(Class<?> type) {
    List<String> words = new ArrayList<>();
    for (Object constant : type.getEnumConstants()) {
      String name = ((Enum<?>) constant).name();
      try {
        JsonProperty given = type.getField(name).getAnnotation(JsonProperty.class);
        words.add(given == null ? name.toLowerCase(Locale.ROOT) : given.value());
      } catch (NoSuchFieldException e) {
        throw new AssertionError(e);
      }
    }
    return words;
  }

  static String shape(JsonNode node) {
    return node.isArray() ? "a list" : node.isObject() ? "a mapping" : "a single value";
  }
}
