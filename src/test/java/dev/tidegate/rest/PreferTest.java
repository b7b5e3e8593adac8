package dev.tidegate.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.policy.StandInExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreferTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "wait=5|5000",
        "respond-async, Wait = \"5\"|5000",
        "wait=5;foo=bar|5000",
        "wait=99|30000",
        "wait=x|0",
        "wait|0",
        "handling=strict; wait=5|0",
        "a=\", wait=5\"|0",
        "waits=5|0"
      })
  void readsHowLongTheCallerWaits(String prefer, long millis) {
    assertThat(Prefer.waitMillis(StandInExchange.get("/").with("prefer", prefer)))
        .isEqualTo(millis);
  }

  @Test
  void takesLinesForOneList() {
    StandInExchange exchange =
        StandInExchange.get("/").with("Prefer", "respond-async").with("Prefer", "wait=2");
    assertThat(Prefer.waitMillis(exchange)).isEqualTo(2000);
    assertThat(Prefer.waitMillis(StandInExchange.get("/"))).isZero();
  }
}
