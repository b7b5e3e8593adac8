package dev.tidegate.stream;

import dev.tidegate.bus.Decimal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Protobuf's wire format, straight into a buffer. A nested message is opened, filled and closed;
 * its length is put in front of it then.
 */
final class Proto {
  /** What {@link #mantissa} says of a decimal that is not told as two numbers. */
  static final long ODD = Long.MIN_VALUE;

  private static final int MAX_DIGITS = 18;
  private static final int VARINT = 0;
  private static final int DELIMITED = 2;
  private static final int FIXED32 = 5;

  private Proto() {}

  static void varint(Text out, long value) {
    byte[] bytes = out.room(10);
    int at = out.length();
    long left = value;
    while ((left & ~0x7FL) != 0) {
      bytes[at++] = (byte) ((left & 0x7F) | 0x80);
      left >>>= 7;
    }
    bytes[at++] = (byte) left;
    out.length(at);
  }

  static void number(Text out, int field, long value) {
    varint(out, (field << 3) | VARINT);
    varint(out, value);
  }

  /** A field of type sint32 or sint64. */
  static void signed(Text out, int field, long value) {
    number(out, field, (value << 1) ^ (value >> 63));
  }

  static void bool(Text out, int field, boolean value) {
    number(out, field, value ? 1 : 0);
  }

  static void fixed32(Text out, int field, long value) {
    varint(out, (field << 3) | FIXED32);
    byte[] bytes = out.room(4);
    int at = out.length();
    for (int shift = 0; shift < 32; shift += 8) {
      bytes[at++] = (byte) (value >> shift);
    }
    out.length(at);
  }

  static void bytes(Text out, int field, byte[] value) {
    varint(out, (field << 3) | DELIMITED);
    varint(out, value.length);
    out.raw(value);
  }

  static void text(Text out, int field, String value) {
    if (ascii(value)) {
      varint(out, (field << 3) | DELIMITED);
      varint(out, value.length());
      out.ascii(value);
    } else {
      bytes(out, field, value.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static boolean ascii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  /** Begins a nested message; the result goes to {@link #close}. */
  static int open(Text out, int field) {
    varint(out, (field << 3) | DELIMITED);
    out.put('\0');
    return out.length();
  }

  static void close(Text out, int opened) {
    int size = out.length() - opened;
    if (size < 0x80) {
      out.bytes()[opened - 1] = (byte) size;
      return;
    }
    int more = (31 - Integer.numberOfLeadingZeros(size)) / 7;
    byte[] bytes = out.room(more);
    System.arraycopy(bytes, opened, bytes, opened + more, size);
    out.length(opened - 1);
    varint(out, size);
    out.length(opened + more + size);
  }

  /**
   * The digits of a plain decimal as one number, or {@link #ODD} when they are too many, or written
   * in a way that the number and the {@link #exponent} would not give back.
   */
  static long mantissa(String decimal) {
    int length = decimal.length();
    int first = decimal.charAt(0) == '-' ? 1 : 0;
    if (length - first > MAX_DIGITS + 1) {
      return ODD;
    }
    long value = 0;
    int point = -1;
    for (int i = first; i < length; i++) {
      char c = decimal.charAt(i);
      if (c == '.') {
        point = i;
      } else {
        value = value * 10 + (c - '0');
      }
    }
    int whole = (point < 0 ? length : point) - first;
    boolean odd =
        whole == 0
            || (whole > 1 && decimal.charAt(first) == '0')
            || point == length - 1
            || (point < 0 && whole > MAX_DIGITS)
            || (first == 1 && value == 0);
    return odd ? ODD : first == 1 ? -value : value;
  }

  /** How many digits stand behind the point, as a negative number. */
  static int exponent(String decimal) {
    int point = decimal.indexOf('.');
    return point < 0 ? 0 : point + 1 - decimal.length();
  }

  /** A field of type tidegate.v1.Decimal; nothing for null. */
  static void decimal(Text out, int field, @Nullable Decimal decimal) {
    if (decimal == null) {
      return;
    }
    String text = decimal.toString();
    long mantissa = mantissa(text);
    int opened = open(out, field);
    if (mantissa == ODD) {
      text(out, 3, text);
    } else {
      signed(out, 1, mantissa);
      int exponent = exponent(text);
      if (exponent != 0) {
        signed(out, 2, exponent);
      }
    }
    close(out, opened);
  }
}
