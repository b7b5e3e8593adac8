package dev.tidegate.net;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Percent-encoding (RFC 3986, 2.1) as we take it: two hexadecimal digits each, UTF-8 together. */
public final class Escapes {
  /** For people, of a target that is not {@link #sound}. */
  public static final String MALFORMED =
      "target: a character or an escape that is malformed (expected visible ASCII, and of anything"
          + " else its UTF-8, each byte as % and two hexadecimal digits)";

  private Escapes() {}

  /** What a part of a path stands for, or null when it is malformed. A plus is a plus. */
  public static @Nullable String decoded(String raw) {
    if (raw.indexOf('%') < 0) {
      return raw;
    }
    byte[] sent = raw.getBytes(StandardCharsets.UTF_8);
    ByteBuffer meant = ByteBuffer.allocate(sent.length);
    for (int i = 0; i < sent.length; i++) {
      if (sent[i] != '%') {
        meant.put(sent[i]);
        continue;
      }
      int high = i + 2 < sent.length ? Character.digit(sent[i + 1], 16) : -1;
      int low = high < 0 ? -1 : Character.digit(sent[i + 2], 16);
      if (low < 0) {
        return null;
      }
      meant.put((byte) (high << 4 | low));
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(meant.flip()).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** Whether everything in a request's target, path and query, can be read; no name has a NUL. */
  public static boolean sound(String target) {
    for (int i = 0; i < target.length(); i++) {
      if (target.charAt(i) <= ' ' || target.charAt(i) >= 127) {
        return false;
      }
    }
    String meant = decoded(target);
    return meant != null && meant.indexOf('\0') < 0;
  }
}
