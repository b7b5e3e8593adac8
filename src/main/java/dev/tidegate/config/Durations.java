package dev.tidegate.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations as people write them: a whole number and a unit. */
final class Durations {
  private static final Pattern SHAPE = Pattern.compile("(\\d{1,12})(us|ms|s|m|h|d)");

  private Durations() {}

  /** Null when the text is none. */
  static @Nullable Duration parse(String text) {
    Matcher shape = SHAPE.matcher(text);
    if (!shape.matches()) {
      return null;
    }
    long amount = Long.parseLong(shape.group(1));
    return switch (shape.group(2)) {
      case "us" -> Duration.ofNanos(amount * 1000);
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  /** In the largest unit that is a whole number. */
  static String text(Duration duration) {
    long seconds = duration.toSeconds();
    if (!duration.equals(Duration.ofSeconds(seconds))) {
      long millis = duration.toMillis();
      return duration.equals(Duration.ofMillis(millis))
          ? millis + "ms"
          : duration.toNanos() / 1000 + "us";
    }
    return seconds == 0 || seconds % 60 != 0
        ? seconds + "s"
        : seconds % 3600 != 0
            ? seconds / 60 + "m"
            : seconds % 86_400 != 0 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
  }
}
