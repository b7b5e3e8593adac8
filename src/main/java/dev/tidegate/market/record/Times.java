package dev.tidegate.market.record;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Puts the times of a source right that cannot be true, and counts them: bars are built by them,
 * and one from the future would hold them up. It stands in front of the shards, whose state is a
 * function of the records. Safe from any thread.
 */
public final class Times {
  private static final long AHEAD_MICROS = 5_000_000;
  private static final long BACK_MICROS = TimeUnit.DAYS.toMicros(3_653);

  /** What was wrong with a time. */
  enum Flaw {
    /** It was told in seconds, milliseconds or nanoseconds. */
    UNIT,
    /** It lay more than five seconds ahead. */
    FUTURE,
    /** It lay more than ten years back, or was none. */
    PAST
  }

  private final Map<Flaw, Counter> flaws = new EnumMap<>(Flaw.class);

  public Times(MeterRegistry meters) {
    for (Flaw flaw : Flaw.values()) {
      flaws.put(
          flaw,
          Counter.builder("tidegate.market.records.retimed")
              .description("records of the feed whose time could not be true")
              .tag("reason", flaw.name().toLowerCase(Locale.ROOT))
              .register(meters));
    }
  }

  /**
   * The record with a time that can be true.
   *
   * @param arrived when it came, in microseconds since the epoch. Where others read the same record
   *     it has to be the same for them
   */
  public FeedRecord right(FeedRecord record, long arrived) {
    long time = record.time();
    if (isTrue(time, arrived)) {
      return record;
    }
    long meant = inMicros(time, arrived);
    Flaw flaw = meant >= 0 ? Flaw.UNIT : time > arrived ? Flaw.FUTURE : Flaw.PAST;
    Objects.requireNonNull(flaws.get(flaw)).increment();
    return record.at(meant >= 0 ? meant : arrived);
  }

  /** Whether something can have happened then that is told now. */
  public static boolean isTrue(long micros, long now) {
    return micros <= now + AHEAD_MICROS && micros >= now - BACK_MICROS;
  }

  /** What was meant in another unit, or -1. */
  static long inMicros(long time, long now) {
    long nanos = time / 1_000;
    if (isTrue(nanos, now)) {
      return nanos;
    }
    for (long scale = 1_000; scale <= 1_000_000; scale *= 1_000) {
      if (time > 0 && time <= Long.MAX_VALUE / scale && isTrue(time * scale, now)) {
        return time * scale;
      }
    }
    return -1;
  }
}
