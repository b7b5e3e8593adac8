package dev.tidegate.stream.encode;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidegate.bus.Commands.Result;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Transition;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A reply in JSON: one object. */
public final class JsonForm extends Form {
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private boolean array;

  @Override
  Text end() {
    return out.put(array ? ']' : '}');
  }

  @Override
  public Form op(int number, String name, @Nullable JsonNode id) {
    array = false;
    out.ascii("{\"op\":\"").ascii(name).put('"');
    if (id != null) {
      out.ascii(",\"id\":");
      if (id.isTextual()) {
        out.quoted(id.textValue());
      } else {
        out.ascii(id.asText());
      }
    }
    return this;
  }

  private Text field(String name) {
    separate();
    return out.put('"').ascii(name).ascii("\":");
  }

  private void separate() {
    byte last = out.bytes()[out.length() - 1];
    if (last != '{' && last != '[') {
      out.put(',');
    }
  }

  @Override
  public Form text(int number, String name, String value) {
    field(name).quoted(value);
    return this;
  }

  @Override
  public Form number(int number, String name, long value) {
    field(name).number(value);
    return this;
  }

  @Override
  public Form bool(int number, String name, boolean value) {
    field(name).bool(value);
    return this;
  }

  @Override
  public Form bits(int number, String name, long value) {
    field(name).quoted(HexFormat.of().toHexDigits(value));
    return this;
  }

  @Override
  public Form list(String name) {
    field(name).put('[');
    return this;
  }

  @Override
  public Form item(int number) {
    separate();
    out.put('{');
    return this;
  }

  @Override
  public Form endItem() {
    out.put('}');
    return this;
  }

  @Override
  public Form endList() {
    out.put(']');
    return this;
  }

  @Override
  public Form record(int number, String name, Stored record) {
    field(name).put('{');
    text(0, "id", record.id()).text(0, "status", record.status().text());
    text(0, "acceptedAt", instant(record.acceptedAt()));
    text(0, "updatedAt", instant(record.updatedAt()));
    result(record.result());
    return endItem();
  }

  /** As REST writes it. */
  private static String instant(long millis) {
    return MILLIS.format(Instant.ofEpochMilli(millis));
  }

  @Override
  public void transitions(List<Transition> transitions) {
    array = true;
    out.put('[');
    for (Transition transition : transitions) {
      Stored record = transition.record();
      item(0).text(0, "channel", transition.channel());
      text(0, "epoch", transition.epoch()).number(0, "seq", transition.seq());
      text(0, "id", record.id()).text(0, "status", record.status().text());
      number(0, "time", record.updatedAt() * 1000);
      result(record.result());
      endItem();
    }
  }

  private void result(@Nullable Result result) {
    if (result != null) {
      field("result").ascii("{\"status\":").number(result.status()).ascii(",\"body\":");
      out.raw(body(result)).put('}');
    }
  }

  /** The worker's JSON. Bad UTF-8 from it would make every client close the connection. */
  static byte[] body(Result result) {
    String text =
        result.body().length == 0 ? "null" : new String(result.body(), StandardCharsets.UTF_8);
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
