package dev.tidegate.net;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * What the header Date says (RFC 9110, section 6.6.1), written once a second. Belongs to one event
 * loop.
 */
public final class HttpDate {
  private static final DateTimeFormatter FIXED =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final LongSupplier millis;
  private long second = Long.MIN_VALUE;
  private String text = "";

  /** Reads this wall clock. */
  public HttpDate(LongSupplier millis) {
    this.millis = millis;
  }

  /** The time now. */
  public String now() {
    long now = Math.floorDiv(millis.getAsLong(), 1000L);
    if (now != second) {
      second = now;
      text = FIXED.format(Instant.ofEpochSecond(now));
    }
    return text;
  }

  /** The time now, for where it is seldom said. */
  public static String ofSystem() {
    return FIXED.format(Instant.now());
  }
}
