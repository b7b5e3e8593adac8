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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded",
        "x-forwarded-for",
        "X-FORWARDED-PORT",
        "X-Forwarded-Prefix",
        "X-Forwarded-Ssl",
        "X-Forwarded-Server",
        "X-Original-URL",
        "x-original-host",
        "X-Rewrite-URL"
      })
  void knowsWhatOnlyProxiesMaySay(String name) {
    assertThat(HopHeaders.ofProxies(name)).isTrue();
    assertThat(HopHeaders.disguised(name)).isFalse();
    assertThat(HopHeaders.disguised(name.replace('-', '_'))).isEqualTo(name.contains("-"));
    assertThat(HopHeaders.ofProxies("Not-" + name)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X_Consumer",
        "x.real-ip",
        "x_REQUEST~id",
        "X_API_Key",
        "Content_Length",
        "Transfer_Encoding",
        "keep_alive"
      })
  void seesThroughDisguises(String name) {
    assertThat(HopHeaders.disguised(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Consumer", "x_custom", "content_type", "sec-ch-ua", "x.y", "_"})
  void leavesOtherNamesAlone(String name) {
    assertThat(HopHeaders.disguised(name)).isFalse();
    assertThat(HopHeaders.ofProxies(name)).isFalse();
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
