package dev.tidegate.json;

import java.nio.charset.StandardCharsets;

/**
 * How text becomes a JSON string in UTF-8 (RFC 8259, section 7): quotes, backslashes and control
 * characters are escaped, everything else stands as it is. A surrogate without its other half,
 * which UTF-8 cannot say, becomes a question mark. For whoever writes into bytes of his own.
 */
public final class JsonString {
  /** The most that one character can take: {@code \u001f}. */
  private static final int WIDEST = 6;

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

  private JsonString() {}

  /** How many bytes there must be room for, quotes included. */
  public static int room(String text) {
    return 2 + (isPlain(text) ? text.length() : Math.multiplyExact(text.length(), WIDEST));
  }

  /** Writes the text with its quotes at the index; tells the index after it. */
  @SuppressWarnings("deprecation") // the only copy of Latin-1 text that allocates nothing
  public static int write(String text, byte[] to, int at) {
    int length = text.length();
    int i = at;
    to[i++] = '"';
    if (isPlain(text)) {
      text.getBytes(0, length, to, i);
      i += length;
    } else {
      i = escaped(text, to, i);
    }
    to[i++] = '"';
    return i;
  }

  /** ASCII that needs no escape: nearly everything that is ever written. */
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c >= 0x80 || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  private static int escaped(String text, byte[] to, int at) {
    int i = at;
    int length = text.length();
    for (int k = 0; k < length; k++) {
      char c = text.charAt(k);
      if (c < 0x80) {
        i = ascii(c, to, i);
      } else if (c < 0x800) {
        to[i++] = (byte) (0xC0 | (c >> 6));
        to[i++] = (byte) (0x80 | (c & 0x3F));
      } else if (!Character.isSurrogate(c)) {
        to[i++] = (byte) (0xE0 | (c >> 12));
        to[i++] = (byte) (0x80 | ((c >> 6) & 0x3F));
        to[i++] = (byte) (0x80 | (c & 0x3F));
      } else if (k + 1 < length && Character.isSurrogatePair(c, text.charAt(k + 1))) {
        int point = Character.toCodePoint(c, text.charAt(++k));
        to[i++] = (byte) (0xF0 | (point >> 18));
        to[i++] = (byte) (0x80 | ((point >> 12) & 0x3F));
        to[i++] = (byte) (0x80 | ((point >> 6) & 0x3F));
        to[i++] = (byte) (0x80 | (point & 0x3F));
      } else {
        to[i++] = '?';
      }
    }
    return i;
  }

  private static int ascii(char c, byte[] to, int at) {
    int i = at;
    byte letter =
        switch (c) {
          case '"', '\\' -> (byte) c;
          case '\n' -> 'n';
          case '\r' -> 'r';
          case '\t' -> 't';
          default -> 0;
        };
    if (letter != 0) {
      to[i++] = '\\';
      to[i++] = letter;
    } else if (c < ' ') {
      to[i++] = '\\';
      to[i++] = 'u';
      to[i++] = '0';
      to[i++] = '0';
      to[i++] = HEX[c >> 4];
      to[i++] = HEX[c & 15];
    } else {
      to[i++] = (byte) c;
    }
    return i;
  }
}
