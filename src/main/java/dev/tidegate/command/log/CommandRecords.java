package dev.tidegate.command.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tidegate.bus.Commands.Header;
import dev.tidegate.bus.Commands.Result;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.bus.Commands.Submit;
import dev.tidegate.json.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of the topics. A body of a JSON type stands in the command as it came, byte for byte; an
 * empty one is null; any other is a base64 string, and the {@code content-type} among the headers
 * tells the worker which. Thread-safe.
 */
public final class CommandRecords {
  private static final JsonFactory JSON = new JsonFactory();
  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

  private CommandRecords() {}

  /** What a worker reports. The time is in milliseconds, 0 when it did not say. */
  public record Report(String id, Status status, @Nullable Result result, long time) {}

  /** Whether a body of this type has to be well-formed JSON. */
  public static boolean isJson(String contentType) {
    int end = contentType.indexOf(';');
    String type = (end < 0 ? contentType : contentType.substring(0, end)).trim();
    return type.equalsIgnoreCase("application/json")
        || type.regionMatches(true, type.length() - 5, "+json", 0, 5);
  }

  /** Null when it is exactly one JSON value in UTF-8, else what is wrong. */
  public static @Nullable String malformed(byte[] body) {
    if (notUtf8(body)) {
      return "the body is not JSON in UTF-8";
    }
    try (JsonParser parser = JSON.createParser(body)) {
      if (parser.nextToken() == null) {
        return "the body is empty";
      }
      parser.skipChildren();
      parser.finishToken();
      return parser.nextToken() == null ? null : "the body holds more than one JSON value";
    } catch (IOException e) {
      return "the body is not well-formed JSON";
    }
  }

  /** The parser would read other encodings too, and then tell places that are none. */
  private static boolean notUtf8(byte[] json) {
    return json.length > 0 && (json[0] <= 0 || (json.length > 1 && json[1] == 0));
  }

  public static byte[] command(String id, Submit s, long acceptedAt) {
    JsonWriter json = new JsonWriter(384 + s.body().length);
    json.object()
        .field("id", id)
        .field("consumer", s.consumer())
        .field("account", s.account())
        .field("route", s.route())
        .field("method", s.method())
        .field("path", s.path());
    headers(json, s);
    if (s.body().length == 0) {
      json.field("body", null);
    } else if (isJson(s.contentType())) {
      json.json("body", s.body());
    } else {
      json.field("body", Base64.getEncoder().encodeToString(s.body()));
    }
    return json.field("acceptedAt", acceptedAt).field("deadline", s.deadline()).end().toBytes();
  }

  private static void headers(JsonWriter json, Submit s) {
    json.object("headers");
    if (!s.contentType().isEmpty()) {
      json.field("content-type", s.contentType());
    }
    for (Header header : s.headers()) {
      if (!header.name().equalsIgnoreCase("content-type")) {
        json.field(header.name(), header.value());
      }
    }
    json.end();
  }

  public static byte[] result(Report report) {
    JsonWriter json = new JsonWriter().object();
    json.field("id", report.id()).field("status", report.status().text());
    Result result = report.result();
    if (result != null) {
      json.object("result").field("status", result.status());
      json.json("body", result.body().length == 0 ? NULL : result.body()).end();
    }
    return json.field("time", report.time()).end().toBytes();
  }

  /** The command as it was, and why nobody will work on it. */
  public static byte[] dead(byte[] command, String why) {
    JsonWriter json = new JsonWriter(command.length + 128).object().field("why", why);
    if (malformed(command) == null) {
      json.json("command", command);
    } else {
      json.field("command", Base64.getEncoder().encodeToString(command));
    }
    return json.end().toBytes();
  }

  /**
   * Reads a result.
   *
   * @throws IllegalArgumentException with what is wrong
   */
  public static Report report(byte[] value) {
    String id = null;
    Status status = null;
    Result result = null;
    long time = 0;
    expect(!notUtf8(value), "JSON in UTF-8");
    try (JsonParser parser = JSON.createParser(value)) {
      expect(parser.nextToken() == JsonToken.START_OBJECT, "an object");
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken token = parser.nextToken();
        switch (name) {
          case "id" -> id = parser.getValueAsString();
          case "status" -> status = status(parser.getValueAsString(""));
          case "result" -> result = token == JsonToken.VALUE_NULL ? null : result(parser, value);
          case "time" -> time = parser.getValueAsLong();
          default -> parser.skipChildren();
        }
      }
      expect(parser.currentToken() == JsonToken.END_OBJECT, "the end of the object");
    } catch (IOException e) {
      throw new IllegalArgumentException("not well-formed JSON", e);
    }
    if (id == null || status == null) {
      throw new IllegalArgumentException("id or status missing");
    }
    return new Report(id, status, result, time);
  }

  private static Result result(JsonParser parser, byte[] value) throws IOException {
    expect(parser.currentToken() == JsonToken.START_OBJECT, "result: an object");
    int status = 0;
    byte[] body = NULL;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      switch (name) {
        case "status" -> status = parser.getValueAsInt();
        case "body" -> body = copy(parser, value);
        default -> parser.skipChildren();
      }
    }
    expect(status >= 100 && status <= 599, "result.status: 100..599");
    return new Result(status, body);
  }

  /** The present value as it stands there: numbers keep every digit. */
  private static byte[] copy(JsonParser parser, byte[] value) throws IOException {
    if (parser.currentToken().isStructStart()) {
      int start = (int) parser.currentTokenLocation().getByteOffset();
      parser.skipChildren();
      return Arrays.copyOfRange(value, start, (int) parser.currentLocation().getByteOffset());
    }
    String text = parser.getText();
    return parser.currentToken() == JsonToken.VALUE_STRING
        ? new JsonWriter(text.length() + 2).value(text).toBytes()
        : text.getBytes(StandardCharsets.US_ASCII);
  }

  private static Status status(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "processing" -> Status.PROCESSING;
      case "completed" -> Status.COMPLETED;
      case "failed" -> Status.FAILED;
      default ->
          throw new IllegalArgumentException("status (expected processing, completed or failed)");
    };
  }

  private static void expect(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException("expected " + what);
    }
  }
}
