package dev.tidegate.market;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How a setting gets its default and is checked. */
final class Setting {
  private Setting() {}

  /** What is given or its default: after construction nothing is null but what may be. */
  static <T> T set(@Nullable T value) {
    return Objects.requireNonNull(value);
  }

  static Integer within(String name, @Nullable Integer value, int otherwise, int least, int most) {
    int number = value == null ? otherwise : value;
    require(number >= least && number <= most, name, number, least + ".." + most);
    return number;
  }

  static Duration positive(String name, @Nullable Duration value, Duration otherwise) {
    Duration duration = value == null ? otherwise : value;
    require(duration.toMillis() > 0, name, duration, "at least 1ms");
    return duration;
  }

  static void require(boolean fine, String name, Object value, String expected) {
    if (!fine) {
      throw new IllegalArgumentException(name + ": " + value + " (expected " + expected + ")");
    }
  }
}
