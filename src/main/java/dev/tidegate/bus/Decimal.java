package dev.tidegate.bus;

import java.math.BigDecimal;

/**
 * A price or a size exactly as the exchange wrote it. Order and equality are numeric ("100.10"
 * equals "100.1"), the text is kept. Numbers of up to 18 significant digits compare as longs.
 */
public final class Decimal implements Comparable<Decimal> {
  private static final int MAX_TEXT = 40;
  private static final long[] POW10 = new long[19];

  static {
    POW10[0] = 1;
    for (int i = 1; i < POW10.length; i++) {
      POW10[i] = POW10[i - 1] * 10;
    }
  }

  private final String text;
  private final long unscaled;
  private final int scale;

  private Decimal(String text, long unscaled, int scale) {
    this.text = text;
    this.unscaled = unscaled;
    this.scale = scale;
  }

  /** Parses plain decimal notation: digits with an optional sign and an optional point. */
  public static Decimal of(String text) {
    int length = text.length();
    boolean negative = length > 0 && text.charAt(0) == '-';
    long unscaled = 0;
    int significant = 0;
    int scale = 0;
    int trailing = 0;
    boolean point = false;
    boolean digits = false;
    for (int i = negative ? 1 : 0; i < length; i++) {
      char c = text.charAt(i);
      if (c == '.' && !point) {
        point = true;
        continue;
      }
      if (c < '0' || c > '9' || length > MAX_TEXT) {
        throw malformed(text);
      }
      digits = true;
      if (point) {
        if (c == '0') {
          trailing++;
          continue;
        }
        for (; trailing > 0; trailing--) {
          unscaled *= 10;
          scale++;
          significant += significant > 0 ? 1 : 0;
        }
        scale++;
      }
      significant += significant > 0 || c != '0' ? 1 : 0;
      if (significant > 18 || scale > 18) {
        return big(text);
      }
      unscaled = unscaled * 10 + (c - '0');
    }
    if (!digits) {
      throw malformed(text);
    }
    return new Decimal(text, negative ? -unscaled : unscaled, scale);
  }

  /** Scale -1 marks a number that does not fit a long; its text carries the value. */
  private static Decimal big(String text) {
    try {
      return new Decimal(text, new BigDecimal(text).signum(), -1);
    } catch (NumberFormatException e) {
      throw malformed(text);
    }
  }

  private static IllegalArgumentException malformed(String text) {
    String shown = text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + "..." : text;
    return new IllegalArgumentException(
        "decimal: \""
            + shown
            + "\" (expected digits with an optional point, at most 40 characters)");
  }

  public boolean isZero() {
    return unscaled == 0;
  }

  public boolean isNegative() {
    return unscaled < 0;
  }

  public BigDecimal toBigDecimal() {
    return new BigDecimal(text);
  }

  @Override
  public int compareTo(Decimal other) {
    if (scale == other.scale && scale >= 0) {
      return Long.compare(unscaled, other.unscaled);
    }
    if (scale >= 0 && other.scale >= 0) {
      return compareScaled(other);
    }
    return toBigDecimal().compareTo(other.toBigDecimal());
  }

  private int compareScaled(Decimal other) {
    long factor = POW10[Math.abs(scale - other.scale)];
    long small = scale < other.scale ? unscaled : other.unscaled;
    long product = small * factor;
    if (Math.multiplyHigh(small, factor) != product >> 63) {
      return toBigDecimal().compareTo(other.toBigDecimal());
    }
    return scale < other.scale
        ? Long.compare(product, other.unscaled)
        : Long.compare(unscaled, product);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Decimal that && compareTo(that) == 0;
  }

  @Override
  public int hashCode() {
    return scale >= 0
        ? Long.hashCode(unscaled) * 31 + scale
        : toBigDecimal().stripTrailingZeros().hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
