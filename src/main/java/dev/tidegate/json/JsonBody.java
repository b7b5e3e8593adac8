package dev.tidegate.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object that somebody sent, read strictly; what is wrong with it is an {@link
 * IllegalArgumentException} that says {@code name (expected ...)}.
 */
public final class JsonBody {
  private static final ObjectReader READER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  private static final String MOST_SECONDS_AS_TEXT = "9999999999";
  private static final long LAST_MILLIS = 9_999_999_999_999L;

  private final JsonNode fields;

  /** Only these names may occur. */
  public JsonBody(String text, String... names) {
    List<String> known = Arrays.asList(names);
    try {
      fields = READER.readTree(text);
    } catch (JsonProcessingException e) {
      throw expected("body", "one JSON object with " + String.join(", ", known));
    }
    if (!fields.isObject()) {
      throw expected("body", "a JSON object with " + String.join(", ", known));
    }
    fields.fieldNames().forEachRemaining(name -> check(name, known));
  }

  private static void check(String name, List<String> known) {
    if (!known.contains(name)) {
      throw expected(shorten(name) + ": not known", "only " + String.join(", ", known));
    }
  }

  private static String shorten(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }

  /** What a caller throws that asks for more. */
  public static IllegalArgumentException expected(String name, String expectation) {
    return new IllegalArgumentException(name + " (expected " + expectation + ")");
  }

  public boolean has(String name) {
    return fields.has(name);
  }

  /** How many of the names occur. */
  public int count(List<String> names) {
    return (int) names.stream().filter(fields::has).count();
  }

  /** A text of one line, not blank; null when there is none. */
  public @Nullable String text(String name, int most) {
    JsonNode value = fields.get(name);
    if (value == null) {
      return null;
    }
    String text = value.textValue();
    if (text == null
        || text.isBlank()
        || text.length() > most
        || text.chars().anyMatch(Character::isISOControl)) {
      throw expected(name, "a line of 1.." + most + " characters");
    }
    return text;
  }

  /** The same, or something else when there is none or it is empty. */
  public String text(String name, int most, String otherwise) {
    String text = fields.path(name).asText("").isEmpty() ? null : text(name, most);
    return text == null ? otherwise : text;
  }

  /** A whole number within the bounds; null when there is none. */
  public @Nullable Integer integer(String name, int least, int most) {
    JsonNode value = fields.get(name);
    if (value == null) {
      return null;
    }
    if (!value.isInt() || value.intValue() < least || value.intValue() > most) {
      throw expected(name, least + ".." + most);
    }
    return value.intValue();
  }

  /** A number that may be taken back with an explicit null. */
  public boolean isNull(String name) {
    return fields.path(name).isNull();
  }

  /** A moment in milliseconds, given as ISO 8601 or in seconds since 1970; null for none. */
  public @Nullable Long moment(String name) {
    JsonNode value = fields.get(name);
    if (value == null) {
      return null;
    }
    if (value.canConvertToExactIntegral()
        && value.asText().length() <= MOST_SECONDS_AS_TEXT.length()
        && value.longValue() >= 0) {
      return value.longValue() * 1000;
    }
    try {
      long millis = Instant.parse(value.isTextual() ? value.textValue() : "").toEpochMilli();
      if (millis >= 0 && millis <= LAST_MILLIS) {
        return millis;
      }
      throw expected(name, "a time from 1970 to 2286");
    } catch (DateTimeParseException | ArithmeticException e) {
      throw expected(name, "a time as 2026-11-20T12:00:00Z or seconds since 1970");
    }
  }
}
