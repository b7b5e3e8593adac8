package dev.tidegate.stream.encode;

import dev.tidegate.bus.Decimal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Protobuf's wire format, straight into a buffer. A nested message is opened, filled and closed;
 * its length is put in front of it then.
 */
public final class Proto {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
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

  static void fixed64(Text out, int field, long value) {
    varint(out, (field << 3) | FIXED64);
    byte[] bytes = out.room(8);
    int at = out.length();
    for (int shift = 0; shift < 64; shift += 8) {
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

  /** A field of type tidegate.v1.Decimal; nothing for null. */
  static void decimal(Text out, int field, @Nullable Decimal decimal) {
    if (decimal == null) {
      return;
    }
    long mantissa = decimal.mantissa();
    int opened = open(out, field);
    if (mantissa == Decimal.NO_MANTISSA) {
      text(out, 3, decimal.toString());
    } else {
      signed(out, 1, mantissa);
      int exponent = decimal.exponent();
      if (exponent != 0) {
        signed(out, 2, exponent);
      }
    }
    close(out, opened);
  }
}
