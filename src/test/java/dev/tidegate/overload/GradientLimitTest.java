package dev.tidegate.overload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.config.Settings;
import dev.tidegate.overload.OverloadedBackend.Tally;
import dev.tidegate.policy.Priority;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** What an adaptive limit makes of back ends of many sizes and speeds, in simulated minutes. */
class GradientLimitTest {
  private static final ConcurrencyConfig ADAPTIVE =
      Settings.of(ConcurrencyConfig.class, "{name: a, max: 10000, adaptive: {}}");

  @Property(tries = 20)
  void refusesHardlyAnybodyBelowTheCapacity(
      @ForAll long seed,
      @ForAll @IntRange(min = 16, max = 100) int workers,
      @ForAll @DoubleRange(min = 10, max = 100) double millis) {
    OverloadedBackend backend = new OverloadedBackend(seed, ADAPTIVE, workers, millis);
    backend.offer(Priority.QUERY, backend.capacity() * 0.5).run(10);
    Tally later = backend.run(40).get(Priority.QUERY);
    assertThat((double) later.refused).isLessThanOrEqualTo(later.offered * 0.01);
  }

  @Property(tries = 20)
  void keepsThePaceAndTheTimeOfAnOverrunBackEnd(
      @ForAll long seed,
      @ForAll @IntRange(min = 16, max = 100) int workers,
      @ForAll @DoubleRange(min = 10, max = 100) double millis,
      @ForAll @DoubleRange(min = 1.5, max = 10) double times) {
    OverloadedBackend backend = new OverloadedBackend(seed, ADAPTIVE, workers, millis);
    backend.offer(Priority.QUERY, backend.capacity() * times).run(30);
    Tally later = backend.run(40).get(Priority.QUERY);
    assertThat(later.answered).isGreaterThan((int) (backend.capacity() * 40 * 0.9));
    assertThat(later.percentile(0.99)).isLessThan(millis * 6);
  }

  @Property(tries = 20)
  void letsWhatMattersThroughWhileAnonymousCallersOverrunIt(
      @ForAll long seed,
      @ForAll @IntRange(min = 20, max = 100) int workers,
      @ForAll @DoubleRange(min = 10, max = 50) double millis) {
    OverloadedBackend backend = new OverloadedBackend(seed, ADAPTIVE, workers, millis);
    double all = backend.capacity();
    backend.offer(Priority.CANCEL, all * 0.05).offer(Priority.ORDER, all * 0.15);
    backend.offer(Priority.QUERY, all * 0.1).offer(Priority.ANONYMOUS, all * 4).run(30);
    Map<Priority, Tally> later = backend.run(40);
    assertThat(part(later.get(Priority.CANCEL))).isLessThan(0.001);
    assertThat(part(later.get(Priority.ORDER))).isLessThan(0.01);
    assertThat(part(later.get(Priority.QUERY))).isLessThan(0.1);
    assertThat(part(later.get(Priority.ANONYMOUS))).isGreaterThan(0.7);
  }

  private static double part(Tally tally) {
    return (double) tally.refused / Math.max(1, tally.offered);
  }

  @Property(tries = 20)
  void learnsThatABackEndHasBecomeSlowerOrFaster(
      @ForAll long seed,
      @ForAll @IntRange(min = 30, max = 100) int workers,
      @ForAll @DoubleRange(min = 10, max = 30) double millis) {
    OverloadedBackend backend = new OverloadedBackend(seed, ADAPTIVE, workers, millis);
    backend.offer(Priority.QUERY, backend.capacity() * 0.2).run(40);
    backend.takes(millis * 3);
    backend.run(40);
    Tally slower = backend.run(40).get(Priority.QUERY);
    assertThat((double) slower.refused).isLessThanOrEqualTo(slower.offered * 0.02);
    backend.takes(millis);
    backend.offer(Priority.QUERY, backend.capacity() * 5).run(40);
    Tally overrun = backend.run(30).get(Priority.QUERY);
    assertThat(overrun.answered).isGreaterThan((int) (backend.capacity() * 30 * 0.85));
    assertThat(overrun.percentile(0.99)).isLessThan(millis * 8);
  }
}
