package dev.tidegate.ingress;

import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A set of address ranges. Immutable. */
final class Networks {
  private record Range(byte[] base, int bits) {
    boolean contains(byte[] address) {
      if (address.length != base.length) {
        return false;
      }
      int whole = bits / 8;
      for (int i = 0; i < whole; i++) {
        if (address[i] != base[i]) {
          return false;
        }
      }
      int rest = bits % 8;
      int mask = rest == 0 ? 0 : (0xFF00 >> rest) & 0xFF;
      return rest == 0 || (address[whole] & mask) == (base[whole] & mask);
    }
  }

  private final List<Range> ranges = new ArrayList<>();

  Networks(List<String> texts) {
    for (String text : texts) {
      ranges.add(parse(text));
    }
  }

  static Range parse(String text) {
    int slash = text.indexOf('/');
    byte[] base = bytes(slash < 0 ? text : text.substring(0, slash));
    int bits = base == null ? -1 : base.length * 8;
    if (base != null && slash >= 0) {
      String length = text.substring(slash + 1);
      bits =
          length.matches("\\d{1,3}") && Integer.parseInt(length) <= bits
              ? Integer.parseInt(length)
              : -1;
    }
    if (base == null || bits < 0) {
      throw new IllegalArgumentException(
          "trustedProxies: " + text + " (expected an address or a range as 10.0.0.0/8)");
    }
    return new Range(base, bits);
  }

  boolean contains(String address) {
    if (ranges.isEmpty()) {
      return false;
    }
    byte[] bytes = bytes(address);
    if (bytes == null) {
      return false;
    }
    for (Range range : ranges) {
      if (range.contains(bytes)) {
        return true;
      }
    }
    return false;
  }

  /** An IPv4 address inside an IPv6 one counts as itself. */
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
    return java.util.Arrays.copyOfRange(bytes, 12, 16);
  }
}
