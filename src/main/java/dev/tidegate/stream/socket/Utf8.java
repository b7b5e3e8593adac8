package dev.tidegate.stream.socket;

/**
 * Checks UTF-8 (RFC 3629) piece by piece. The state is one number, so that a session keeps it
 * without an object: how many continuation bytes are to come, and the bounds of the next one.
 */
public final class Utf8 {
  static final int COMPLETE = 0;
  static final int BROKEN = -1;

  private Utf8() {}

  /** The state after the bytes. */
  static int check(int state, byte[] bytes, int from, int to) {
    int s = state;
    for (int i = from; i < to && s != BROKEN; i++) {
      int b = bytes[i] & 0xFF;
      if (s != COMPLETE || b >= 0x80) {
        s = s == COMPLETE ? first(b) : next(s, b);
      }
    }
    return s;
  }

  private static int first(int b) {
    if (b < 0xC2 || b > 0xF4) {
      return BROKEN;
    }
    if (b < 0xE0) {
      return state(1, 0x80, 0xBF);
    }
    if (b < 0xF0) {
      return state(2, b == 0xE0 ? 0xA0 : 0x80, b == 0xED ? 0x9F : 0xBF);
    }
    return state(3, b == 0xF0 ? 0x90 : 0x80, b == 0xF4 ? 0x8F : 0xBF);
  }

  private static int next(int state, int b) {
    if (b < (state >> 8 & 0xFF) || b > (state & 0xFF)) {
      return BROKEN;
    }
    int left = (state >> 16) - 1;
    return left == 0 ? COMPLETE : state(left, 0x80, 0xBF);
  }

  private static int state(int left, int low, int high) {
    return left << 16 | low << 8 | high;
  }
}
