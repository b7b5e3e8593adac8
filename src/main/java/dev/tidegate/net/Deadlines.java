package dev.tidegate.net;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long a caller waits, as it says in {@code grpc-timeout} (gRPC over HTTP/2: up to eight digits
 * and a unit) or in Envoy's {@code x-envoy-expected-rq-timeout-ms}. What cannot be read says
 * nothing.
 */
public final class Deadlines {
  public static final CharSequence GRPC = HttpHeaders.createOptimized("grpc-timeout");
  public static final CharSequence EXPECTED =
      HttpHeaders.createOptimized("x-envoy-expected-rq-timeout-ms");

  /** The caller has said nothing. */
  public static final long NONE = Long.MAX_VALUE;

  /**
   * Milliseconds that a deadline is over before the gateway answers in place of whoever counts for
   * himself: a gRPC caller or server ends the call in its own words, which no 504 has.
   */
  private static final long GRACE = 300;

  private static final int MOST_GRPC = 9;
  private static final int MOST_EXPECTED = 12;

  private Deadlines() {}

  /** Milliseconds by both, whichever is less. */
  public static long left(@Nullable String grpc, @Nullable String expected) {
    return grpc == null && expected == null ? NONE : Math.min(grpc(grpc), expected(expected));
  }

  private static long grpc(@Nullable String text) {
    if (text == null || text.length() < 2 || text.length() > MOST_GRPC) {
      return NONE;
    }
    int last = text.length() - 1;
    long number = number(text, last);
    if (number == NONE) {
      return NONE;
    }
    return switch (text.charAt(last)) {
      case 'H' -> TimeUnit.HOURS.toMillis(number);
      case 'M' -> TimeUnit.MINUTES.toMillis(number);
      case 'S' -> TimeUnit.SECONDS.toMillis(number);
      case 'm' -> number;
      case 'u' -> TimeUnit.MICROSECONDS.toMillis(number);
      case 'n' -> TimeUnit.NANOSECONDS.toMillis(number);
      default -> NONE;
    };
  }

  private static long expected(@Nullable String text) {
    return text == null || text.isEmpty() || text.length() > MOST_EXPECTED
        ? NONE
        : number(text, text.length());
  }

  private static long number(String text, int end) {
    long number = 0;
    for (int i = 0; i < end; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return NONE;
      }
      number = number * 10 + digit;
    }
    return number;
  }

  /** Nanoseconds after which the gateway answers in place of a caller who has so much left. */
  public static long patience(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis + GRACE);
  }

  /** Says what is left, in the terms in which it was said; in Envoy's when it was in none. */
  public static void write(MultiMap headers, long millis) {
    boolean grpc = headers.contains(GRPC);
    if (grpc) {
      headers.set(GRPC, grpcText(millis));
    }
    if (!grpc || headers.contains(EXPECTED)) {
      headers.set(EXPECTED, Long.toString(millis));
    }
  }

  private static String grpcText(long millis) {
    return millis < 100_000_000L ? millis + "m" : TimeUnit.MILLISECONDS.toSeconds(millis) + "S";
  }
}
