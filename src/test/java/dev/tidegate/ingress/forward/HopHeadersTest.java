package dev.tidegate.ingress.forward;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HopHeadersTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection",
        "keep-alive",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "HTTP2-Settings",
        "Proxy-Authenticate",
        "Proxy-Authorization"
      })
  void keepsHopByHopHeadersOnTheirHop(String name) {
    assertThat(HopHeaders.hopByHop(name)).isTrue();
  }

  @Test
  void findsHeadersThatConnectionNames() {
    assertThat(HopHeaders.named("close, X-Secret", "x-secret")).isTrue();
    assertThat(HopHeaders.named("x-secret,close", "X-Secret")).isTrue();
    assertThat(HopHeaders.named("x-secrets", "x-secret")).isFalse();
    assertThat(HopHeaders.named("not-x-secret", "x-secret")).isFalse();
    assertThat(HopHeaders.named(null, "x-secret")).isFalse();
    assertThat(HopHeaders.extraTokens("Keep-Alive")).isNull();
    assertThat(HopHeaders.extraTokens("close, x")).isEqualTo("close, x");
  }
}
