package dev.tidegate.stream.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Markets.Channel;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StreamMetersTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final StreamMeters meters = new StreamMeters(registry, 3, System::nanoTime);

  private double staleness(String channel) {
    return registry
        .get("tidegate.stream.staleness")
        .tag("worker", "3")
        .tag("channel", channel)
        .gauge()
        .value();
  }

  @Test
  void tellsTheAgeOfWhatIsSentByChannelAndLeavesRecordingsOut() {
    long now = 1_800_000_000_000L;
    for (int i = 0; i < 32; i++) {
      meters.assembled(Channel.BOOK, (now - 250) * 1000, now);
    }
    for (int i = 0; i < 32; i++) {
      meters.assembled(Channel.TICKER, 1_500_000_000_000_000L, now);
    }
    for (int i = 0; i < 32; i++) {
      meters.assembled(Channel.TICKER, (now + 5) * 1000, now);
    }
    var book = registry.get("tidegate.stream.latency").tag("channel", "book").timer();
    assertThat(book.count()).isEqualTo(2);
    assertThat(book.mean(TimeUnit.MILLISECONDS)).isEqualTo(250);
    var ticker = registry.get("tidegate.stream.latency").tag("channel", "ticker").timer();
    assertThat(ticker.count()).isEqualTo(2);
    assertThat(ticker.max(TimeUnit.MILLISECONDS)).isZero();
  }

  @Test
  void whatIsOfOneInstanceGoesWithIt() {
    meters.close();
    assertThat(registry.find("tidegate.stream.sessions").gauges()).isEmpty();
    assertThat(registry.find("tidegate.stream.slow").gauges()).isEmpty();
    assertThat(registry.find("tidegate.stream.staleness").gauges()).isEmpty();
    StreamMeters next = new StreamMeters(registry, 3, System::nanoTime);
    next.sessions(7);
    assertThat(registry.get("tidegate.stream.sessions").gauge().value()).isEqualTo(7);
  }

  @Test
  void stalenessIsUnknownUntilSomethingWasHeardAndWhenNobodyListens() {
    assertThat(staleness("book")).isNaN();
    meters.heard(Channel.BOOK, System.nanoTime() - 5_000_000_000L);
    assertThat(staleness("book")).isBetween(5.0, 60.0);
    assertThat(staleness("ticker")).isNaN();
    meters.deaf();
    assertThat(staleness("book")).isNaN();
  }
}
