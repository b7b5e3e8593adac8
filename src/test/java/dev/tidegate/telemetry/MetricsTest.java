package dev.tidegate.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private final Metrics metrics = new Metrics("n1");

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  void namesTheNodeInEverySeries() {
    metrics.registry().counter("tidegate.things", "kind", "a").increment();
    assertThat(metrics.registry().scrape())
        .contains("tidegate_things_total{kind=\"a\",node=\"n1\"} 1.0");
  }

  @Test
  void refusesTheSeriesBeyondTheLimitAndSaysSo() {
    for (int i = 0; i < 1010; i++) {
      metrics.registry().counter("tidegate.runaway", "id", "x" + i).increment();
    }
    assertThat(metrics.registry().find("tidegate.runaway").counters()).hasSize(1000);
    assertThat(metrics.registry().get("tidegate.telemetry.series.refused").gauge().value())
        .isEqualTo(10);
  }

  @Test
  void keepsCountingASeriesOfAFullName() {
    for (int i = 0; i < 1010; i++) {
      metrics.registry().counter("tidegate.runaway", "id", "x" + i);
    }
    Counter known = metrics.registry().counter("tidegate.runaway", "id", "x3");
    known.increment();
    assertThat(metrics.registry().scrape())
        .contains("tidegate_runaway_total{id=\"x3\",node=\"n1\"} 1.0");
    metrics.registry().counter("tidegate.other", "id", "x").increment();
    assertThat(metrics.registry().scrape()).contains("tidegate_other_total");
  }

  @Test
  void showsTheJvm() {
    assertThat(metrics.registry().scrape())
        .contains("jvm_memory_used_bytes")
        .contains("jvm_threads_live_threads")
        .contains("process_cpu_usage")
        .contains("process_files_open_files");
  }
}
