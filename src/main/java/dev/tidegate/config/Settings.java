package dev.tidegate.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.MapperBuilder;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/** Reads configuration records: strictly, with durations, and with each {@link Default}. */
public final class Settings {
  private static final ObjectMapper YAML =
      strict(
          YAMLMapper.builder()
              // Where a text is expected, off and yes are texts: see WordReader.
              .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS));

  private static final ObjectMapper JSON = strict(JsonMapper.builder());

  private Settings() {}

  /** Reads YAML and takes no property that it does not know and no value of another type. */
  public static ObjectMapper yaml() {
    return YAML;
  }

  /** The same for JSON. */
  public static ObjectMapper json() {
    return JSON;
  }

  /**
   * The record that a piece of YAML describes, for code that needs one; <code>{}</code> is all
   * defaults.
   */
  public static <T> T of(Class<T> type, String yaml) {
    try {
      return YAML.readValue(yaml, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(type.getSimpleName() + ": " + e.getOriginalMessage(), e);
    }
  }

  private static ObjectMapper strict(MapperBuilder<?, ?> builder) {
    return builder
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
        .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
        .addModule(
            new SimpleModule()
                .addDeserializer(Duration.class, new DurationReader())
                .addDeserializer(boolean.class, new WordReader()))
        .addModule(new DefaultsModule())
        .build();
  }

  private static final class DurationReader extends StdDeserializer<Duration> {
    DurationReader() {
      super(Duration.class);
    }

    @Override
    public Duration deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      String text = parser.getText();
      Duration duration = Durations.parse(text);
      if (duration == null) {
        throw InvalidFormatException.from(parser, "not a duration", text, Duration.class);
      }
      return duration;
    }
  }

  /** A boolean, also in the words that YAML 1.1 has for it. */
  private static final class WordReader extends StdDeserializer<Boolean> {
    WordReader() {
      super(boolean.class);
    }

    @Override
    public Boolean getNullValue(DeserializationContext context) {
      return false; // what is primitive and has no default
    }

    @Override
    public Boolean deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      return switch (parser.currentToken()) {
        case VALUE_TRUE -> true;
        case VALUE_FALSE -> false;
        default -> {
          String text = parser.getText();
          yield switch (text.toLowerCase(Locale.ROOT)) {
            case "yes", "on" -> true;
            case "no", "off" -> false;
            default ->
                throw InvalidFormatException.from(parser, "not a boolean", text, boolean.class);
          };
        }
      };
    }
  }
}
