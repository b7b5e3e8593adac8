package dev.tidegate.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.MultiMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {
  private static final List<String> NETWORKS = List.of("10.0.0.0/8", "fd00::/8");

  private final TrustedProxies proxies =
      new TrustedProxies(NETWORKS, AddressHeader.X_FORWARDED_FOR);

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.0.1, true",
    "10.0.0.0/8, 11.0.0.1, false",
    "192.168.1.7, 192.168.1.7, true",
    "192.168.1.7, 192.168.1.8, false",
    "10.1.0.0/15, 10.0.0.1, true",
    "fd00::/8, fd12::1, true",
    "0.0.0.0/0, ::1, false",
    "10.0.0.0/8, nonsense, false"
  })
  void knowsItsOwn(String range, String address, boolean trusted) {
    assertThat(new TrustedProxies(List.of(range), AddressHeader.X_FORWARDED_FOR).trusts(address))
        .isEqualTo(trusted);
  }

  @ParameterizedTest
  @CsvSource({"10.0.0.2, 203.0.113.7", "198.51.100.1, 198.51.100.1"})
  void theCallerIsThePeerUnlessThePeerIsTrusted(String peer, String caller) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("X-Forwarded-For", "203.0.113.7");
    assertThat(proxies.caller(headers, peer)).isEqualTo(caller);
  }

  @Test
  void nobodyIsTrustedWithoutNetworks() {
    assertThat(new TrustedProxies(List.of(), AddressHeader.FORWARDED).trusts("127.0.0.1"))
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/33", "10.0.0.0/x", "proxy.example", "10.0.0.0/", "::1/129"})
  void refusesWhatIsNoNetwork(String text) {
    assertThatThrownBy(() -> new TrustedProxies(List.of(text), AddressHeader.FORWARDED))
        .hasMessageStartingWith(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "203.0.113.7 | 203.0.113.7",
        "1.2.3.4, 203.0.113.7 | 203.0.113.7",
        "203.0.113.7, 10.0.0.3 | 203.0.113.7",
        "10.0.0.3, 10.0.0.4 | 10.0.0.3",
        "203.0.113.7, nonsense | 10.0.0.2",
        "203.0.113.7, nonsense, 10.0.0.3 | 10.0.0.3",
        "2001:db8::7, fd00::1 | 2001:db8::7",
        "203.0.113.7, | 10.0.0.2"
      })
  void theCallerIsTheLastThatIsNoProxyOfOurs(String chain, String client) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("X-Forwarded-For", chain);
    assertThat(proxies.client(headers, "10.0.0.2")).isEqualTo(client);
  }

  @Test
  void severalHeadersAreOneChain() {
    MultiMap headers =
        MultiMap.caseInsensitiveMultiMap()
            .add("X-Forwarded-For", "203.0.113.7")
            .add("X-Forwarded-For", "10.0.0.3");
    assertThat(proxies.client(headers, "10.0.0.2")).isEqualTo("203.0.113.7");
  }

  @Test
  void withoutAChainTheRealAddressCounts() {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    assertThat(proxies.client(headers, "10.0.0.2")).isEqualTo("10.0.0.2");
    headers.add("X-Real-IP", "203.0.113.7");
    assertThat(proxies.client(headers, "10.0.0.2")).isEqualTo("203.0.113.7");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "for=203.0.113.7 | 203.0.113.7",
        "For=\"203.0.113.7:4711\";proto=https | 203.0.113.7",
        "proto=http;by=10.0.0.2;for=203.0.113.7;host=\"a,b;c\" | 203.0.113.7",
        "for=1.2.3.4, for=203.0.113.7 | 203.0.113.7",
        "for=203.0.113.7, for=10.0.0.3 | 203.0.113.7",
        "for=203.0.113.7;host=\"x, for=9.9.9.9\", for=10.0.0.3 | 203.0.113.7",
        "for=\"[2001:db8::7]:4711\", for=\"[fd00::1]\" | 2001:db8::7",
        "for=\"2\\03.0.113.7\" | 203.0.113.7",
        "for=203.0.113.7, for=unknown | 10.0.0.2",
        "for=203.0.113.7, for=_hidden, for=10.0.0.3 | 10.0.0.3",
        "for=203.0.113.7, proto=http | 10.0.0.2",
        "for=203.0.113.7; | 203.0.113.7",
        "for=203.0.113.7;for=9.9.9.9 | 10.0.0.2",
        "for=\"203.0.113.7 | 10.0.0.2",
        "for = 203.0.113.7 | 10.0.0.2",
        "for=203.0.113.7 for=9.9.9.9 | 10.0.0.2",
        "for=[2001:db8::7] | 10.0.0.2",
        "for= | 10.0.0.2"
      })
  void readsForwarded(String header, String client) {
    MultiMap headers =
        MultiMap.caseInsensitiveMultiMap()
            .add("Forwarded", header)
            .add("X-Forwarded-For", "9.9.9.9")
            .add("X-Real-IP", "9.9.9.9");
    TrustedProxies by = new TrustedProxies(NETWORKS, AddressHeader.FORWARDED);
    assertThat(by.client(headers, "10.0.0.2")).isEqualTo(client);
  }

  /** The other header is what callers wrote into it: a proxy passes it on. */
  @Test
  void believesOneHeaderAlone() {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Forwarded", "for=9.9.9.9");
    assertThat(proxies.client(headers, "10.0.0.2")).isEqualTo("10.0.0.2");
    headers.add("X-Forwarded-For", "203.0.113.7");
    assertThat(proxies.client(headers, "10.0.0.2")).isEqualTo("203.0.113.7");
  }
}
