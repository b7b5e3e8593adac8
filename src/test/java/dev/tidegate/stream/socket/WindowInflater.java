package dev.tidegate.stream.socket;

import java.util.Arrays;

/**
 * Inflates (RFC 1951) within a window of a given size, which the JDK cannot: a reference further
 * back is an error, as it is for a client that has kept no more.
 */
public final class WindowInflater {
  private static final int[] LENGTH_BASE = {
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258
  };
  private static final int[] LENGTH_EXTRA = {
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0
  };
  private static final int[] DISTANCE_BASE = {
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
    3073, 4097, 6145, 8193, 12289, 16385, 24577
  };
  private static final int[] ORDER = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
  };

  private final byte[] in;
  private final int window;
  private byte[] out = new byte[1024];
  private int size;
  private int bit;
  private int furthest;

  private WindowInflater(byte[] in, int window) {
    this.in = in;
    this.window = window;
  }

  /** The message of a compressed frame; the four bytes that are left out on the wire are added. */
  public static byte[] message(byte[] payload, int length, int windowBits) {
    byte[] whole = Arrays.copyOf(payload, length + 4);
    whole[length + 2] = (byte) 0xFF;
    whole[length + 3] = (byte) 0xFF;
    WindowInflater inflater = new WindowInflater(whole, 1 << windowBits);
    inflater.run();
    return Arrays.copyOf(inflater.out, inflater.size);
  }

  /** How far back the references of a compressed frame reach. */
  public static int reach(byte[] payload, int length) {
    byte[] whole = Arrays.copyOf(payload, length + 4);
    whole[length + 2] = (byte) 0xFF;
    whole[length + 3] = (byte) 0xFF;
    WindowInflater inflater = new WindowInflater(whole, 1 << 15);
    inflater.run();
    return inflater.furthest;
  }

  private void run() {
    while (bit + 3 <= in.length * 8) {
      boolean last = bits(1) == 1;
      switch (bits(2)) {
        case 0 -> stored();
        case 1 -> coded(fixedLengths(), fixedDistances());
        case 2 -> dynamic();
        default -> throw new IllegalStateException("block type 3");
      }
      if (last) {
        return;
      }
    }
  }

  private int bits(int count) {
    int value = 0;
    for (int i = 0; i < count; i++, bit++) {
      value |= (in[bit >> 3] >> (bit & 7) & 1) << i;
    }
    return value;
  }

  private void stored() {
    bit = (bit + 7) & ~7;
    int length = bits(16);
    int check = bits(16);
    if (length != (~check & 0xFFFF)) {
      throw new IllegalStateException("stored block: lengths differ");
    }
    for (int i = 0; i < length; i++) {
      put(bits(8));
    }
  }

  private void put(int value) {
    if (size == out.length) {
      out = Arrays.copyOf(out, size * 2);
    }
    out[size++] = (byte) value;
  }

  private static int[][] fixedLengths() {
    int[] lengths = new int[288];
    Arrays.fill(lengths, 0, 144, 8);
    Arrays.fill(lengths, 144, 256, 9);
    Arrays.fill(lengths, 256, 280, 7);
    Arrays.fill(lengths, 280, 288, 8);
    return code(lengths);
  }

  private static int[][] fixedDistances() {
    int[] lengths = new int[30];
    Arrays.fill(lengths, 5);
    return code(lengths);
  }

  private void dynamic() {
    final int literals = bits(5) + 257;
    final int distances = bits(5) + 1;
    int count = bits(4) + 4;
    int[] lengths = new int[19];
    for (int i = 0; i < count; i++) {
      lengths[ORDER[i]] = bits(3);
    }
    int[][] code = code(lengths);
    int[] all = new int[literals + distances];
    for (int i = 0; i < all.length; ) {
      int symbol = symbol(code);
      if (symbol < 16) {
        all[i++] = symbol;
      } else {
        int value = symbol == 16 ? all[i - 1] : 0;
        int times = symbol == 16 ? 3 + bits(2) : symbol == 17 ? 3 + bits(3) : 11 + bits(7);
        Arrays.fill(all, i, i + times, value);
        i += times;
      }
    }
    coded(code(Arrays.copyOf(all, literals)), code(Arrays.copyOfRange(all, literals, all.length)));
  }

  /** How many codes there are of each length, and the symbols in the order of their codes. */
  private static int[][] code(int[] lengths) {
    int[] counts = new int[16];
    for (int length : lengths) {
      counts[length]++;
    }
    int[] offsets = new int[16];
    for (int i = 1; i < 15; i++) {
      offsets[i + 1] = offsets[i] + counts[i];
    }
    int[] symbols = new int[lengths.length];
    for (int i = 0; i < lengths.length; i++) {
      if (lengths[i] != 0) {
        symbols[offsets[lengths[i]]++] = i;
      }
    }
    return new int[][] {counts, symbols};
  }

  private int symbol(int[][] code) {
    int value = 0;
    int first = 0;
    int index = 0;
    for (int length = 1; length < 16; length++) {
      value |= bits(1);
      int count = code[0][length];
      if (value - count < first) {
        return code[1][index + value - first];
      }
      index += count;
      first = (first + count) << 1;
      value <<= 1;
    }
    throw new IllegalStateException("no such code");
  }

  private void coded(int[][] lengths, int[][] distances) {
    for (int symbol = symbol(lengths); symbol != 256; symbol = symbol(lengths)) {
      if (symbol < 256) {
        put(symbol);
        continue;
      }
      int length = LENGTH_BASE[symbol - 257] + bits(LENGTH_EXTRA[symbol - 257]);
      int code = symbol(distances);
      int distance = DISTANCE_BASE[code] + bits(code < 4 ? 0 : code / 2 - 1);
      if (distance > size || distance > window) {
        throw new IllegalStateException("distance: " + distance + " (expected 1.." + window + ")");
      }
      furthest = Math.max(furthest, distance);
      for (int i = 0; i < length; i++) {
        put(out[size - distance]);
      }
    }
  }
}
