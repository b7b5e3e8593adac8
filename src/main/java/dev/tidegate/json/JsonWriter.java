package dev.tidegate.json;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes one JSON document from front to back, in UTF-8, with commas where they belong. What is
 * opened is closed by {@link #end}:
 *
 * <pre>{@code
 * new JsonWriter().object().field("id", id).array("shards").value(1).value(2).end().end().toBuffer()
 * }</pre>
 *
 * Not thread-safe. What the stream sends to its clients is written by a leaner class of its own,
 * which shares {@link JsonString} with this one.
 */
public final class JsonWriter {
  private static final int CAPACITY = 256;

  /** Nesting is bounded by what one number can remember: a bit for each open array or object. */
  private static final int DEEPEST = 62;

  private byte[] bytes;
  private int length;
  private int depth;

  /** Of what is open, the innermost last: 1 for an object, 0 for an array. */
  private long objects;

  public JsonWriter() {
    this(CAPACITY);
  }

  /** With room for so many bytes; more is made when it is needed. */
  public JsonWriter(int capacity) {
    bytes = new byte[capacity];
  }

  /** Opens an object. */
  public JsonWriter object() {
    return open('{', 1);
  }

  /** Opens an object that is a field of the present one. */
  public JsonWriter object(String name) {
    return name(name).object();
  }

  /** Opens an array. */
  public JsonWriter array() {
    return open('[', 0);
  }

  /** Opens an array that is a field of the present object. */
  public JsonWriter array(String name) {
    return name(name).array();
  }

  /** Closes what was opened last. */
  public JsonWriter end() {
    if (depth == 0) {
      throw new IllegalStateException("nothing is open");
    }
    boolean object = (objects & 1) == 1;
    objects >>>= 1;
    depth--;
    return put(object ? '}' : ']');
  }

  /** A field of the present object; null is written as such. */
  public JsonWriter field(String name, @Nullable String value) {
    return name(name).value(value);
  }

  public JsonWriter field(String name, long value) {
    return name(name).value(value);
  }

  public JsonWriter field(String name, boolean value) {
    return name(name).value(value);
  }

  /** A field that is left out when it has no value. */
  public JsonWriter optional(String name, @Nullable String value) {
    return value == null ? this : field(name, value);
  }

  /** A field that is left out when it has no value. */
  public JsonWriter optional(String name, @Nullable Integer value) {
    return value == null ? this : field(name, value.longValue());
  }

  /** A field whose value is JSON already; nothing checks it. */
  public JsonWriter json(String name, byte[] json) {
    name(name);
    reserve(json.length);
    System.arraycopy(json, 0, bytes, length, json.length);
    length += json.length;
    return this;
  }

  /** A field whose value is JSON already; nothing checks it. */
  public JsonWriter json(String name, String json) {
    return json(name, json.getBytes(StandardCharsets.UTF_8));
  }

  /** An element of the present array; null is written as such. */
  public JsonWriter value(@Nullable String value) {
    separate();
    return value == null ? ascii("null") : quoted(value);
  }

  public JsonWriter value(long value) {
    separate();
    return ascii(Long.toString(value));
  }

  public JsonWriter value(boolean value) {
    separate();
    return ascii(value ? "true" : "false");
  }

  /** The document so far. */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  /** The document so far. */
  public Buffer toBuffer() {
    return Buffer.buffer(length).appendBytes(bytes, 0, length);
  }

  /** The document so far. */
  @Override
  public String toString() {
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private JsonWriter open(char bracket, int object) {
    if (depth == DEEPEST) {
      throw new IllegalStateException("deeper than " + DEEPEST);
    }
    separate();
    objects = (objects << 1) | object;
    depth++;
    return put(bracket);
  }

  private JsonWriter name(String name) {
    separate();
    return quoted(name).put(':');
  }

  /** No text of JSON ends in one of these three unless its next value is the first. */
  private void separate() {
    if (length > 0) {
      byte last = bytes[length - 1];
      if (last != '{' && last != '[' && last != ':') {
        put(',');
      }
    }
  }

  private JsonWriter quoted(String text) {
    reserve(JsonString.room(text));
    length = JsonString.write(text, bytes, length);
    return this;
  }

  private JsonWriter put(char ascii) {
    reserve(1);
    bytes[length++] = (byte) ascii;
    return this;
  }

  @SuppressWarnings("deprecation") // the only copy of Latin-1 text that allocates nothing
  private JsonWriter ascii(String text) {
    int n = text.length();
    reserve(n);
    text.getBytes(0, n, bytes, length);
    length += n;
    return this;
  }

  private void reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
