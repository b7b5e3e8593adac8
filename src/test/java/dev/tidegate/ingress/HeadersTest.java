package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.1.2, true",
    "10.0.0.0/8, 11.0.0.1, false",
    "10.1.128.0/17, 10.1.200.1, true",
    "10.1.128.0/17, 10.1.100.1, false",
    "192.168.1.7, 192.168.1.7, true",
    "192.168.1.7, 192.168.1.8, false",
    "10.0.0.0/8, ::ffff:10.1.1.1, true",
    "2001:db8::/32, 2001:db8:1::1, true",
    "2001:db8::/32, 2001:db9::1, false",
    "0.0.0.0/0, 1.2.3.4, true",
    "0.0.0.0/0, ::1, false",
    "10.0.0.0/8, nonsense, false"
  })
  void knowsTrustedNetworks(String range, String address, boolean trusted) {
    assertThat(new Networks(List.of(range)).contains(address)).isEqualTo(trusted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/33", "10.0.0.0/x", "proxy.example", "10.0.0.0/", "::1/129"})
  void refusesWhatIsNoNetwork(String text) {
    assertThatThrownBy(() -> new Networks(List.of(text)))
        .hasMessageStartingWith("trustedProxies: " + text);
  }
}
