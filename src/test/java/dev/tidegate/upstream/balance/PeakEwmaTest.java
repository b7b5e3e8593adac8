package dev.tidegate.upstream.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PeakEwmaTest {
  private record Loaded(int number, int weight, int load) implements StandInConnector {}

  private final AtomicLong nanos = new AtomicLong();
  private final PeakEwma ewma = new PeakEwma(2, nanos::get);

  private void took(int endpoint, long millis) {
    ewma.took(endpoint, TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private long chosen(Loaded... endpoints) {
    Balancer balancer =
        new Balancer(
            List.of(endpoints), Balance.PEAK_EWMA, Eligible.ALL, new Random(1), null, ewma);
    return IntStream.range(0, 100).filter(i -> balancer.next(0) == endpoints[0]).count();
  }

  @Test
  void aPeakCountsAtOnceAndIsForgottenByAndBy() {
    took(0, 10);
    took(0, 500);
    assertThat(ewma.latencyNanos(0)).isEqualTo(500_000_000);
    took(0, 10);
    assertThat(ewma.latencyNanos(0)).isEqualTo(500_000_000);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(10));
    took(0, 10);
    assertThat(ewma.latencyNanos(0)).isBetween(185_000_000L, 195_000_000L);
    nanos.addAndGet(TimeUnit.MINUTES.toNanos(10));
    assertThat(ewma.latencyNanos(0)).isZero();
  }

  @Test
  void theSlowOneIsTakenWhenTheFastOneHasSoMuchMoreToDo() {
    took(0, 10);
    took(1, 50);
    assertThat(chosen(new Loaded(0, 1, 0), new Loaded(1, 1, 0))).isEqualTo(100);
    assertThat(chosen(new Loaded(0, 1, 3), new Loaded(1, 1, 0))).isEqualTo(100);
    assertThat(chosen(new Loaded(0, 1, 6), new Loaded(1, 1, 0))).isZero();
  }

  @Test
  void oneThatFailsFastAttractsNobody() {
    took(0, 10);
    took(1, 1);
    ewma.failed(1);
    assertThat(chosen(new Loaded(0, 1, 0), new Loaded(1, 1, 0))).isEqualTo(100);
  }

  @Test
  void oneOfWhichNothingIsKnownIsTriedAndNotFlooded() {
    took(0, 10);
    assertThat(chosen(new Loaded(0, 1, 0), new Loaded(1, 1, 0))).isZero();
    assertThat(chosen(new Loaded(0, 1, 0), new Loaded(1, 1, 1))).isEqualTo(100);
  }
}
