package dev.tidegate.config;

import java.net.InetAddress;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration record's constructor asks of its values. Each check that fails throws an
 * {@link IllegalArgumentException} that says {@code name: value (expected ...)}.
 */
public final class Check {
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?");

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

  /** A name or an address of a host, and nothing else of a URL. */
  public static void host(String name, @Nullable String value) {
    boolean fine = value != null && (HOST.matcher(value).matches() || literal(value));
    that(fine, name, value, "a name or an address, without a scheme or a port");
  }

  private static boolean literal(String value) {
    try {
      return !InetAddress.ofLiteral(value).isMulticastAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String text(@Nullable Object value) {
    return value == null
        ? "missing"
        : value instanceof Duration duration ? Durations.text(duration) : value.toString();
  }
}
