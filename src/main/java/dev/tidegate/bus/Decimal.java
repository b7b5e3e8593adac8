package dev.tidegate.bus;

import java.math.BigDecimal;

/**
 * A price or a size exactly as the exchange wrote it. Order and equality are numeric ("100.10"
 * equals "100.1"), the text is kept. Numbers of up to 18 significant digits compare as longs.
 */
public final class Decimal implements Comparable<Decimal> {
  /** What {@link #mantissa} says of a text that is not told as two numbers. */
  public static final long NO_MANTISSA = Long.MIN_VALUE;

  private static final int MAX_TEXT = 40;
  private static final int MAX_DIGITS = 18;
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

  /** The digits behind the point as they were written, or -1 when {@link #mantissa} has none. */
  private final int written;

  private Decimal(String text, long unscaled, int scale, int written) {
    this.text = text;
    this.unscaled = unscaled;
    this.scale = scale;
    this.written = written;
  }

  /** Parses plain decimal notation: digits with an optional sign and an optional point. */
  public static Decimal of(String text) {
    int length = text.length();
    int from = length > 0 && text.charAt(0) == '-' ? 1 : 0;
    int point = -1;
    long unscaled = 0;
    for (int i = from; i < length; i++) {
      int digit = text.charAt(i) - '0';
      if (digit >= 0 && digit <= 9) {
        unscaled = unscaled * 10 + digit; // may overflow: used for at most 18 digits only
      } else if (digit == '.' - '0' && point < 0) {
        point = i;
      } else {
        throw malformed(text);
      }
    }
    int digits = length - from - (point < 0 ? 0 : 1);
    if (digits == 0 || length > MAX_TEXT) {
      throw malformed(text);
    }
    if (digits > MAX_DIGITS) {
      return wide(text);
    }
    return exact(text, from, from == 1 ? -unscaled : unscaled, point < 0 ? length : point);
  }

  /** Whether it is written as a number would be: digits before a point and behind it. */
  private static boolean plain(String text, int from, int whole) {
    boolean begins = whole == 1 || (whole > 1 && text.charAt(from) != '0');
    return begins && text.charAt(text.length() - 1) != '.';
  }

  /** Mantissa times ten to the exponent, which is 0 or negative. */
  public static Decimal of(long mantissa, int exponent) {
    if (exponent > 0 || exponent < -MAX_TEXT || mantissa == NO_MANTISSA) {
      throw malformed(mantissa + "e" + exponent);
    }
    String digits = Long.toString(Math.abs(mantissa));
    int whole = digits.length() + exponent;
    StringBuilder text = new StringBuilder(digits.length() + 3 - exponent);
    text.append(mantissa < 0 ? "-" : "");
    if (whole <= 0) {
      text.append(exponent < 0 ? "0." : "").repeat('0', -whole).append(digits);
    } else {
      text.append(digits, 0, whole);
      if (exponent < 0) {
        text.append('.').append(digits, whole, digits.length());
      }
    }
    return of(text.toString());
  }

  /** In its one form: no zeros at the end of the fraction. */
  private static Decimal exact(String text, int from, long unscaled, int point) {
    int fraction = Math.max(0, text.length() - point - 1);
    boolean plain = plain(text, from, point - from) && (from == 0 || unscaled != 0);
    long shortest = unscaled;
    int digits = fraction;
    while (digits > 0 && shortest % 10 == 0) {
      shortest /= 10;
      digits--;
    }
    return new Decimal(text, shortest, digits, plain ? fraction : -1);
  }

  /**
   * More digits than a long holds, unless the outer ones are zeros. Scale -1 marks what does not
   * fit; its text carries the value.
   */
  private static Decimal wide(String text) {
    BigDecimal value = new BigDecimal(text).stripTrailingZeros();
    BigDecimal whole = value.scale() < 0 ? value.setScale(0) : value;
    return whole.precision() <= MAX_DIGITS && whole.scale() <= MAX_DIGITS
        ? new Decimal(text, whole.unscaledValue().longValueExact(), whole.scale(), -1)
        : new Decimal(text, whole.signum(), -1, -1);
  }

  private static IllegalArgumentException malformed(String text) {
    String shown = text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + "..." : text;
    return new IllegalArgumentException(
        "decimal: \""
            + shown
            + "\" (expected digits with an optional point, at most 40 characters)");
  }

  /**
   * All digits of the text as one number, with the zeros at its end; or {@link #NO_MANTISSA} when
   * they are too many for it, or the text has signs that the number and the {@link #exponent} would
   * not give back, as a zero in front.
   */
  public long mantissa() {
    return written < 0 ? NO_MANTISSA : unscaled * POW10[written - scale];
  }

  /** How many digits the text has behind the point, as a negative number; 0 without a mantissa. */
  public int exponent() {
    return -Math.max(0, written);
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
