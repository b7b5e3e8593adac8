package dev.tidegate.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Commands.Submit;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class FingerprintTest {
  private final Fingerprint fingerprint = new Fingerprint();

  private String of(String method, String path, String type, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return fingerprint.of(
        new Submit(
            "alice",
            "a",
            "orders",
            "commands",
            "orders",
            method,
            path,
            "k",
            List.of(),
            type,
            bytes,
            1));
  }

  @Test
  void tellsWhatIsWantedAndNotHowItIsLabelled() {
    String first = of("POST", "/v1/orders", "application/json", "{}");
    assertThat(of("POST", "/v1/orders", "application/json; charset=utf-8", "{}")).isEqualTo(first);
    assertThat(of("PUT", "/v1/orders", "application/json", "{}")).isNotEqualTo(first);
    assertThat(of("POST", "/v1/orders?a", "application/json", "{}")).isNotEqualTo(first);
    assertThat(of("POST", "/v1/orders", "application/json", "{} ")).isNotEqualTo(first);
  }
}
