package dev.tidegate.app.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidegate.config.Mistakes.Mistake;
import dev.tidegate.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a YAML or JSON file into records, and says where and why it cannot: {@code file:line: path:
 * value (expected ...)}.
 */
public final class ConfigFile {
  private static final int MOST_MISTAKES = 200;
  private static final Pattern NAMED =
      Pattern.compile("^([A-Za-z][A-Za-z0-9.\\[\\]]*): (.*)$", Pattern.DOTALL);

  private final String name;
  private final String text;
  private final ObjectMapper mapper;
  private @Nullable Map<String, Integer> lines;

  private ConfigFile(String name, String text) {
    this.name = name;
    this.text = text;
    this.mapper = name.endsWith(".json") ? Settings.json() : Settings.yaml();
  }

  public static ConfigFile at(Path path) throws ConfigException {
    if (!Files.isRegularFile(path)) {
      throw new ConfigException(path + ": no such file");
    }
    try {
      return new ConfigFile(path.toString(), Files.readString(path));
    } catch (IOException e) {
      throw new ConfigException(path + ": cannot be read: " + e.getMessage());
    }
  }

  static ConfigFile of(String name, String text) {
    return new ConfigFile(name, text);
  }

  public <T> T read(Class<T> type) throws ConfigException {
    return read(type, Map.of());
  }

  /**
   * The same with some properties replaced, by path as in {@code http.port}: what options and the
   * environment say.
   */
  public <T> T read(Class<T> type, Map<String, Object> replaced) throws ConfigException {
    Reading<T> reading = readAll(type, replaced);
    if (reading.value == null || !reading.mistakes.isEmpty()) {
      throw new ConfigException(String.join("\n", reading.mistakes));
    }
    return reading.value;
  }

  /**
   * What could be read, and all that could not.
   *
   * @param value without what was found wrong with it; null when nothing is left
   * @param whole whether all elements of lists are there, to which others may refer
   */
  record Reading<T>(@Nullable T value, List<String> mistakes, boolean whole) {}

  <T> Reading<T> readAll(Class<T> type, Map<String, Object> replaced) {
    JsonNode root;
    try {
      root = mapper.readTree(text);
    } catch (JacksonException e) {
      JsonLocation at = e.getLocation();
      int line = at == null || at.getLineNr() < 1 ? 1 : at.getLineNr();
      String problem = name + ":" + line + ": cannot be read: " + firstLine(e);
      return new Reading<>(null, List.of(problem + " (expected " + language() + ")"), false);
    }
    if (!(root instanceof ObjectNode object)) {
      boolean empty = root == null || root.isMissingNode() || root.isNull();
      String what = empty ? "the file is empty" : Expected.shape(root);
      return new Reading<>(null, List.of(name + ":1: " + what + " (expected a mapping)"), false);
    }
    replaced.forEach((path, value) -> replace(object, path, value));
    Remainder rest = new Remainder(object);
    Map<String, String> mistakes = new LinkedHashMap<>();
    while (mistakes.size() < MOST_MISTAKES) {
      try {
        T value = mapper.treeToValue(rest.root(), type);
        return new Reading<>(value, List.copyOf(mistakes.values()), !rest.lacksElements());
      } catch (JacksonException e) {
        Mistake found = explain(e, rest);
        String path = rest.whole(found.path());
        if (!rest.explains(path, lines().containsKey(path))) {
          mistakes.putIfAbsent(path, error(path, found.problem()));
        }
        if (!rest.takeOut(found.path())) {
          break;
        }
      }
    }
    return new Reading<>(null, List.copyOf(mistakes.values()), false);
  }

  private String language() {
    return name.endsWith(".json") ? "JSON" : "YAML";
  }

  private static String firstLine(JacksonException e) {
    return e.getOriginalMessage().lines().findFirst().orElse("");
  }

  private void replace(ObjectNode root, String path, Object value) {
    ObjectNode at = root;
    String[] names = path.split("\\.");
    for (int i = 0; i < names.length - 1; i++) {
      at = at.withObjectProperty(names[i]);
    }
    at.set(names[names.length - 1], mapper.valueToTree(value));
  }

  /** As the operator reads it. */
  String error(String path, String problem) {
    return name + ":" + lineOf(path) + ": " + (path.isEmpty() ? "" : path + ": ") + problem;
  }

  private static Mistake explain(JacksonException e, Remainder rest) {
    if (!(e instanceof JsonMappingException mapping)) {
      return new Mistake("", firstLine(e));
    }
    String path = path(mapping);
    return switch (mapping) {
      case UnrecognizedPropertyException unknown ->
          new Mistake(path, "unknown property (expected one of " + known(unknown) + ")");
      case InvalidFormatException invalid ->
          new Mistake(path, invalid.getValue() + " " + Expected.of(invalid.getTargetType()));
      case ValueInstantiationException refused -> refused(refused, path);
      case MismatchedInputException shape ->
          new Mistake(path, Expected.found(rest.at(path), shape.getTargetType()));
      default -> new Mistake(path, firstLine(mapping));
    };
  }

  /** What a record's constructor refused; its message starts with the component's name. */
  private static Mistake refused(ValueInstantiationException e, String path) {
    String message =
        String.valueOf(e.getCause() == null ? e.getOriginalMessage() : e.getCause().getMessage());
    Matcher named = NAMED.matcher(message);
    if (named.matches()) {
      String full = path.isEmpty() ? named.group(1) : path + "." + named.group(1);
      return new Mistake(full, named.group(2));
    }
    return new Mistake(path, message);
  }

  /** The line of the path, or of the nearest part above it that the file has. */
  private int lineOf(String path) {
    Map<String, Integer> lines = lines();
    String at = path;
    while (!at.isEmpty() && !lines.containsKey(at)) {
      at = at.substring(0, Math.max(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['))));
    }
    return lines.getOrDefault(at, 1);
  }

  private Map<String, Integer> lines() {
    if (lines == null) {
      lines = LineIndex.of(mapper, text);
    }
    return lines;
  }

  private static String path(JsonMappingException e) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference step : e.getPath()) {
      if (step.getFieldName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
      }
    }
    return path.toString();
  }

  private static String known(UnrecognizedPropertyException e) {
    TreeSet<String> names = new TreeSet<>();
    if (e.getKnownPropertyIds() != null) {
      e.getKnownPropertyIds().forEach(id -> names.add(String.valueOf(id)));
    }
    return String.join(", ", names);
  }
}
