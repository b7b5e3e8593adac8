package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersTest {
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
    assertThat(Headers.hopByHop(name)).isTrue();
  }

  @Test
  void findsHeadersThatConnectionNames() {
    assertThat(Headers.named("close, X-Secret", "x-secret")).isTrue();
    assertThat(Headers.named("x-secret,close", "X-Secret")).isTrue();
    assertThat(Headers.named("x-secrets", "x-secret")).isFalse();
    assertThat(Headers.named("not-x-secret", "x-secret")).isFalse();
    assertThat(Headers.named(null, "x-secret")).isFalse();
    assertThat(Headers.extraTokens("Keep-Alive")).isNull();
    assertThat(Headers.extraTokens("close, x")).isEqualTo("close, x");
  }
}
