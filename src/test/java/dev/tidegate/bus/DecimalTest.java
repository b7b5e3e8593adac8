package dev.tidegate.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalTest {
  @Test
  void keepsTheTextAndComparesTheNumber() {
    Decimal long1 = Decimal.of("100.10");
    Decimal short1 = Decimal.of("100.1");
    assertThat(long1).hasToString("100.10").isEqualTo(short1).hasSameHashCodeAs(short1);
    assertThat(Decimal.of("100.11")).isGreaterThan(long1).isNotEqualTo(long1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "0.000",
        "100.10",
        "-100.10",
        "-0.5",
        "7",
        "1000",
        "999999999999999999",
        "0.00000000000000001"
      })
  void givesItsDigitsAsTwoNumbers(String text) {
    Decimal decimal = Decimal.of(text);
    assertThat(decimal.mantissa()).isNotEqualTo(Decimal.NO_MANTISSA);
    assertThat(Decimal.of(decimal.mantissa(), decimal.exponent())).hasToString(text);
    assertThat(new java.math.BigDecimal(text).scale()).isEqualTo(-decimal.exponent());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-0",
        "00",
        "007",
        "00.5",
        ".5",
        "5.",
        "9999999999999999999",
        "0.0000000000000000001",
        "123456789012345678901234567890.5"
      })
  void hasNoNumbersForWhatTheyWouldNotGiveBack(String text) {
    assertThat(Decimal.of(text).mantissa()).isEqualTo(Decimal.NO_MANTISSA);
    assertThat(Decimal.of(text).exponent()).isZero();
  }

  @Test
  void takesTwoNumbersWithinBounds() {
    assertThat(Decimal.of(-25, -4)).hasToString("-0.0025");
    assertThat(Decimal.of(Long.MAX_VALUE, 0)).hasToString(Long.toString(Long.MAX_VALUE));
    assertThatThrownBy(() -> Decimal.of(1, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Decimal.of(1, -41)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Decimal.of(1, Integer.MIN_VALUE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Decimal.of(Long.MIN_VALUE, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0.000", "-0", "00", "0.00000000000000000000000000", ".0"})
  void recognisesZero(String text) {
    assertThat(Decimal.of(text).isZero()).isTrue();
    assertThat(Decimal.of(text).isNegative()).isFalse();
    assertThat(Decimal.of(text)).isEqualTo(Decimal.of("0"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        ".",
        "-.",
        "1.2.3",
        "1e5",
        "1E5",
        "+1",
        " 1",
        "1 ",
        "--1",
        "1-",
        "0x10",
        "NaN",
        "1,5",
        "\u0661",
        "1234567890123456789e5",
        "11111111111111111111111111111111111111111"
      })
  void refusesWhatIsNotPlainDecimalNotation(String text) {
    assertThatThrownBy(() -> Decimal.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected digits with an optional point");
  }

  @Test
  void keepsNumbersThatDoNotFitALong() {
    Decimal wide = Decimal.of("-123456789012345678901234.5");
    assertThat(wide.isNegative()).isTrue();
    assertThat(wide).isLessThan(Decimal.of("-1"));
    assertThat(wide).isEqualTo(Decimal.of("-123456789012345678901234.50"));
    assertThat(wide).hasSameHashCodeAs(Decimal.of("-123456789012345678901234.50"));
  }

  @Test
  void comparesAcrossScalesWithoutOverflow() {
    assertThat(Decimal.of("999999999999999999")).isGreaterThan(Decimal.of("0.000000000000000001"));
    assertThat(Decimal.of("-999999999999999999")).isLessThan(Decimal.of("-0.000000000000000001"));
  }

  @Property
  void agreesWithBigDecimal(@ForAll("texts") String a, @ForAll("texts") String b) {
    Decimal x = Decimal.of(a);
    Decimal y = Decimal.of(b);
    int expected = new BigDecimal(a).compareTo(new BigDecimal(b));
    assertThat(Integer.signum(x.compareTo(y))).isEqualTo(expected);
    assertThat(x.equals(y)).isEqualTo(expected == 0);
    assertThat(x.isZero()).isEqualTo(new BigDecimal(a).signum() == 0);
    assertThat(x.isNegative()).isEqualTo(new BigDecimal(a).signum() < 0);
    assertThat(x.toBigDecimal()).isEqualTo(new BigDecimal(a));
  }

  @Property
  void outerZerosChangeNothing(@ForAll("texts") String text) {
    String sign = text.startsWith("-") ? "-" : "";
    String digits = text.substring(sign.length());
    String padded = sign + "00" + digits + (text.contains(".") ? "00" : ".00");
    if (padded.length() <= 40) {
      assertThat(Decimal.of(padded)).isEqualTo(Decimal.of(text));
      assertThat(Decimal.of(padded)).hasSameHashCodeAs(Decimal.of(text));
    }
  }

  /** From one digit to beyond what a long holds, with few distinct values so that equals occur. */
  @Provide
  Arbitrary<String> texts() {
    Arbitrary<BigInteger> small =
        Arbitraries.bigIntegers().between(BigInteger.valueOf(-200), BigInteger.valueOf(200));
    Arbitrary<BigInteger> wide =
        Arbitraries.bigIntegers().between(BigInteger.TEN.pow(24).negate(), BigInteger.TEN.pow(24));
    return Combinators.combine(
            Arbitraries.oneOf(small, wide), Arbitraries.integers().between(0, 12))
        .as((unscaled, scale) -> new BigDecimal(unscaled, scale).toPlainString());
  }
}
