package dev.tidegate.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration record's constructor asks of its values. Each check that fails throws an
 * {@link IllegalArgumentException} that says {@code name: value (expected ...)}.
 */
public final class Check {
  private Check() {}

  /** Anything that the others do not cover; a value that is null is called missing. */
  public static void that(boolean fine, String name, @Nullable Object value, String expected) {
    if (!fine) {
      throw new IllegalArgumentException(
          name + ": " + text(value) + " (expected " + expected + ")");
    }
  }

  /** Like {@link #that}, and the value is never shown. */
  public static void secret(boolean fine, String name, String expected) {
    that(fine, name, "***", expected);
  }

  /** A text that is there and not blank. */
  public static void given(String name, @Nullable String value, String expected) {
    that(value != null && !value.isBlank(), name, value, expected);
  }

  /** A whole number, both bounds included. */
  public static void within(String name, long value, long least, long most) {
    that(value >= least && value <= most, name, value, least + ".." + most);
  }

  /** A whole number that is not too small. */
  public static void atLeast(String name, long value, long least) {
    that(value >= least, name, value, least + " or more");
  }

  /** A duration, both bounds included. */
  public static void within(String name, Duration value, Duration least, Duration most) {
    that(
        value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
        name,
        value,
        Durations.text(least) + ".." + Durations.text(most));
  }

  /** A duration that a timer can count: a millisecond or more. */
  public static void positive(String name, Duration value) {
    that(value.toMillis() > 0, name, value, "1ms or more");
  }

  /** A port to listen on, 0 for any free one. */
  public static void port(String name, int value) {
    within(name, value, 0, 65_535);
  }

  private static String text(@Nullable Object value) {
    return value == null
        ? "missing"
        : value instanceof Duration duration ? Durations.text(duration) : value.toString();
  }
}
