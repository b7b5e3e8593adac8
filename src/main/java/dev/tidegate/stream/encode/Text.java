package dev.tidegate.stream.encode;

import dev.tidegate.json.JsonString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A growing buffer of what goes out, JSON in UTF-8 or Protobuf, reused from message to message. Not
 * a {@link dev.tidegate.json.JsonWriter}: with some 500 000 messages a second the constant parts
 * are written as they are, and parts of the buffer are measured, cut off and copied.
 */
public final class Text {
  private final @Nullable Tally tally;
  private byte[] bytes;
  private int length;

  public Text(int capacity) {
    this(capacity, null);
  }

  /**
   * @param tally of the channel messages that are written
   */
  public Text(int capacity, @Nullable Tally tally) {
    bytes = new byte[capacity];
    this.tally = tally;
  }

  /** Where channel messages are to be counted; null when nobody wants to know. */
  public @Nullable Tally tally() {
    return tally != null && tally.on() ? tally : null;
  }

  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return length;
  }

  public Text reset() {
    length = 0;
    if (tally != null) {
      tally.reset();
    }
    return this;
  }

  /** Forgets what was written after the given length. */
  Text truncate(int to) {
    length = to;
    return this;
  }

  public byte[] copyFrom(int start) {
    return Arrays.copyOfRange(bytes, start, length);
  }

  @Override
  public String toString() {
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  public Text raw(byte[] text) {
    reserve(text.length);
    System.arraycopy(text, 0, bytes, length, text.length);
    length += text.length;
    return this;
  }

  public Text put(char ascii) {
    reserve(1);
    bytes[length++] = (byte) ascii;
    return this;
  }

  /** Appends text that is known to be ASCII and to need no escape. */
  @SuppressWarnings("deprecation") // the only copy of Latin-1 text that allocates nothing
  public Text ascii(String text) {
    int n = text.length();
    reserve(n);
    text.getBytes(0, n, bytes, length);
    length += n;
    return this;
  }

  public Text number(long value) {
    reserve(20);
    if (value < 0) {
      return ascii(Long.toString(value));
    }
    int digits = 1;
    for (long v = value; v >= 10; v /= 10) {
      digits++;
    }
    long v = value;
    for (int i = length + digits - 1; i >= length; i--) {
      bytes[i] = (byte) ('0' + v % 10);
      v /= 10;
    }
    length += digits;
    return this;
  }

  Text bool(boolean value) {
    return ascii(value ? "true" : "false");
  }

  /** Appends a comma unless an array begins here. */
  public Text separate() {
    return length > 0 && bytes[length - 1] != '[' ? put(',') : this;
  }

  /** Appends a JSON string with its quotes. */
  public Text quoted(String text) {
    reserve(JsonString.room(text));
    length = JsonString.write(text, bytes, length);
    return this;
  }

  /** The bytes, with room for so many more after the length; {@link #length(int)} takes them in. */
  byte[] room(int more) {
    reserve(more);
    return bytes;
  }

  /** What was written into the {@link #room} ends here. */
  public void length(int to) {
    length = to;
  }

  private void reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
