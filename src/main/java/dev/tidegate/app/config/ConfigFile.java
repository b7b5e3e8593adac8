package dev.tidegate.app.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidegate.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a YAML or JSON file into records, and says where and why it cannot: {@code file:line: path:
 * value (expected ...)}.
 */
public final class ConfigFile {
  private final String name;
  private final String text;
  private final ObjectMapper mapper;

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
    try {
      T value = mapper.readValue(text, type);
      if (value == null) {
        throw new ConfigException(name + ":1: the file is empty (expected a mapping)");
      }
      return value;
    } catch (JacksonException e) {
      throw explain(e);
    }
  }

  /**
   * The same with some properties replaced, by path as in {@code http.port}: what options and the
   * environment say.
   */
  public <T> T read(Class<T> type, Map<String, Object> replaced) throws ConfigException {
    read(type);
    try {
      ObjectNode root = (ObjectNode) mapper.readTree(text);
      replaced.forEach((path, value) -> replace(root, path, value));
      return mapper.treeToValue(root, type);
    } catch (JacksonException e) {
      throw new ConfigException(name + ": with " + replaced + ": " + explain(e).getMessage());
    }
  }

  private void replace(ObjectNode root, String path, Object value) {
    ObjectNode at = root;
    String[] names = path.split("\\.");
    for (int i = 0; i < names.length - 1; i++) {
      at = at.withObjectProperty(names[i]);
    }
    at.set(names[names.length - 1], mapper.valueToTree(value));
  }

  /** An error that binding cannot see, such as a route whose upstream does not exist. */
  ConfigException error(String path, String problem) {
    return new ConfigException(name + ":" + lineOf(path) + ": " + path + ": " + problem);
  }

  private ConfigException explain(JacksonException e) {
    if (!(e instanceof JsonMappingException mapping)) {
      return at(e.getLocation(), "", e.getOriginalMessage());
    }
    String path = path(mapping);
    return switch (mapping) {
      case UnrecognizedPropertyException unknown ->
          error(path, "unknown property (expected one of " + known(unknown) + ")");
      case InvalidFormatException invalid ->
          error(path, invalid.getValue() + " " + expected(invalid.getTargetType()));
      case ValueInstantiationException refused -> refused(refused, path);
      default -> at(mapping.getLocation(), path, mapping.getOriginalMessage());
    };
  }

  /** What a record's constructor refused; its message starts with the component's name. */
  private ConfigException refused(ValueInstantiationException e, String path) {
    String message =
        String.valueOf(e.getCause() == null ? e.getOriginalMessage() : e.getCause().getMessage());
    Matcher named =
        Pattern.compile("^([A-Za-z][A-Za-z0-9.\\[\\]]*): (.*)$", Pattern.DOTALL).matcher(message);
    if (named.matches()) {
      String full = path.isEmpty() ? named.group(1) : path + "." + named.group(1);
      return error(full, named.group(2));
    }
    return error(path, message);
  }

  private ConfigException at(@Nullable JsonLocation location, String path, String problem) {
    int line = location == null || location.getLineNr() < 1 ? lineOf(path) : location.getLineNr();
    String where = path.isEmpty() ? "" : path + ": ";
    return new ConfigException(name + ":" + line + ": " + where + problem);
  }

  /** The line of the path, or of the nearest part above it that the file has. */
  private int lineOf(String path) {
    Map<String, Integer> lines = LineIndex.of(mapper, text);
    String at = path;
    while (!at.isEmpty() && !lines.containsKey(at)) {
      at = at.substring(0, Math.max(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['))));
    }
    return lines.getOrDefault(at, 1);
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

  private static String expected(Class<?> type) {
    if (type.isEnum()) {
      return "(expected one of "
          + List.of(type.getEnumConstants()).stream()
              .map(String::valueOf)
              .collect(Collectors.joining(", "))
          + ")";
    }
    if (type == Duration.class) {
      return "(expected a duration such as 250ms, 5s, 10m, 24h)";
    }
    return "(expected " + type.getSimpleName().toLowerCase(Locale.ROOT) + ")";
  }
}
