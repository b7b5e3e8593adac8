package dev.tidegate.market.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Markets.State;
import dev.tidegate.bus.Markets.Status;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class TimesTest {
  private static final long NOW = 1_764_000_000_000_000L;
  private static final long TEN_YEARS = 315_619_200_000_000L;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Times times = new Times(meters);

  private long right(long time) {
    return times.right(new FeedRecord("S", time, 7, new Status(State.LIVE, "")), NOW).time();
  }

  private double count(String reason) {
    return meters.get("tidegate.market.records.retimed").tag("reason", reason).counter().count();
  }

  @Property
  void everyTimeCanBeTrueThen(@ForAll long time) {
    assertThat(right(time)).isBetween(NOW - TEN_YEARS, NOW + 5_000_000);
    assertThat(right(right(time))).isEqualTo(right(time));
  }

  @Property
  void oneThatCanBeTrueStaysInWhateverUnitItIsTold(
      @ForAll @LongRange(min = 1_449_000_000L, max = 1_764_000_004L) long seconds) {
    double before = count("unit");
    assertThat(right(seconds * 1_000_000)).isEqualTo(seconds * 1_000_000);
    assertThat(count("unit")).isEqualTo(before);
    assertThat(right(seconds)).isEqualTo(seconds * 1_000_000);
    assertThat(right(seconds * 1_000)).isEqualTo(seconds * 1_000_000);
    assertThat(right(seconds * 1_000_000_000)).isEqualTo(seconds * 1_000_000);
    assertThat(count("unit")).isEqualTo(before + 3);
  }

  @Test
  void oneThatCannotIsTheArrivalAndCounted() {
    assertThat(right(NOW + 5_000_001)).isEqualTo(NOW);
    assertThat(right(NOW + 3_600_000_000L)).isEqualTo(NOW);
    assertThat(count("future")).isEqualTo(2);
    assertThat(right(0)).isEqualTo(NOW);
    assertThat(right(NOW - TEN_YEARS - 1)).isEqualTo(NOW);
    assertThat(count("past")).isEqualTo(2);
    assertThat(right(NOW + 5_000_000)).isEqualTo(NOW + 5_000_000);
    assertThat(count("unit")).isZero();
  }
}
