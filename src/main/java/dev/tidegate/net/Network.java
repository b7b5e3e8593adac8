package dev.tidegate.net;

import io.netty.util.NetUtil;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A range of addresses, one included. An IPv4 address inside an IPv6 one counts as itself.
 *
 * @param v6 whether these are 128 bits; 32 otherwise, all in {@code low}
 * @param bits how many of them are given
 */
public record Network(boolean v6, long high, long low, int bits) {
  private static final String EXPECTED = " (expected an address or a range as 10.0.0.0/8)";

  public Network {
    high &= highMask(v6, bits);
    low &= lowMask(v6, bits);
  }

  /** Reads an address or a range; what is beyond the given bits is dropped. */
  public static Network parse(String text) {
    int slash = text.indexOf('/');
    byte[] base = bytes(slash < 0 ? text : text.substring(0, slash));
    if (base == null) {
      throw new IllegalArgumentException(text + EXPECTED);
    }
    int bits = base.length * 8;
    if (slash >= 0) {
      String length = text.substring(slash + 1);
      if (!length.matches("\\d{1,3}") || Integer.parseInt(length) > bits) {
        throw new IllegalArgumentException(text + EXPECTED);
      }
      bits = Integer.parseInt(length);
    }
    return of(base, bits);
  }

  /** The one address, or null when the text is none. */
  public static @Nullable Network address(String text) {
    byte[] bytes = bytes(text);
    return bytes == null ? null : of(bytes, bytes.length * 8);
  }

  private static Network of(byte[] bytes, int bits) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    return bytes.length == 4
        ? new Network(false, 0, in.getInt() & 0xFFFF_FFFFL, bits)
        : new Network(true, in.getLong(), in.getLong(), bits);
  }

  private static byte @Nullable [] bytes(String text) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
    if (bytes == null || bytes.length != 16) {
      return bytes;
    }
    for (int i = 0; i < 12; i++) {
      if (bytes[i] != (i < 10 ? 0 : (byte) 0xFF)) {
        return bytes;
      }
    }
    return Arrays.copyOfRange(bytes, 12, 16);
  }

  /** The range of so many bits that this lies in. */
  public Network within(int fewer) {
    return new Network(v6, high, low, fewer);
  }

  /** Whether the address, or all of the range, lies in this one. */
  public boolean contains(Network other) {
    return other.v6 == v6
        && other.bits >= bits
        && (other.high & highMask(v6, bits)) == high
        && (other.low & lowMask(v6, bits)) == low;
  }

  private static long highMask(boolean v6, int bits) {
    return !v6 || bits == 0 ? 0 : bits >= 64 ? -1 : -1L << (64 - bits);
  }

  private static long lowMask(boolean v6, int bits) {
    if (v6) {
      return bits <= 64 ? 0 : -1L << (128 - bits);
    }
    return bits == 0 ? 0 : (-1L << (32 - bits)) & 0xFFFF_FFFFL;
  }

  /** As {@link #parse} reads it; a single address without its length. */
  @Override
  public String toString() {
    int all = v6 ? 128 : 32;
    ByteBuffer out = ByteBuffer.allocate(all / 8);
    if (v6) {
      out.putLong(high).putLong(low);
    } else {
      out.putInt((int) low);
    }
    String base = Objects.requireNonNull(NetUtil.bytesToIpAddress(out.array()));
    return bits == all ? base : base + "/" + bits;
  }
}
