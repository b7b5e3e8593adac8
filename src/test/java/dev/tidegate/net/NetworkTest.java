package dev.tidegate.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {
  @ParameterizedTest
  @CsvSource({
    "203.0.113.0/24, 203.0.113.255, true",
    "203.0.113.0/24, 203.0.114.0, false",
    "203.0.113.0/25, 203.0.113.128, false",
    "203.0.113.7, 203.0.113.7, true",
    "203.0.113.7, 203.0.113.8, false",
    "0.0.0.0/0, 255.255.255.255, true",
    "0.0.0.0/0, ::1, false",
    "128.0.0.0/1, 127.255.255.255, false",
    "128.0.0.0/1, 200.0.0.1, true",
    "2001:db8::/32, 2001:db8:ffff::1, true",
    "2001:db8::/32, 2001:db9::1, false",
    "2001:db8::/65, 2001:db8:0:0:8000::1, false",
    "2001:db8::/65, 2001:db8:0:0:7fff::1, true",
    "2001:db8::1/128, 2001:db8::2, false",
    "::/0, 2001:db8::1, true",
    "10.0.0.0/8, ::ffff:10.1.2.3, true",
    "fe80::/10, fe80::1%eth0, true"
  })
  void knowsWhatItContains(String range, String address, boolean inside) {
    assertThat(Network.parse(range).contains(Network.address(address))).isEqualTo(inside);
  }

  @ParameterizedTest
  @CsvSource({
    "203.0.113.9/24, 203.0.113.0/24",
    "203.0.113.9/32, 203.0.113.9",
    "203.0.113.9, 203.0.113.9",
    "2001:DB8::1/64, 2001:db8::/64",
    "::ffff:10.0.0.1, 10.0.0.1"
  })
  void hasOneFormForOneRange(String text, String form) {
    assertThat(Network.parse(text)).hasToString(form).isEqualTo(Network.parse(form));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "nonsense",
        "1.2.3",
        "1.2.3.4/",
        "1.2.3.4/33",
        "1.2.3.4/-1",
        "1.2.3.4/2147483648",
        "::1/129",
        "1.2.3.4/8/8",
        "1.2.3.4 /8"
      })
  void refusesWhatIsNoRange(String text) {
    assertThatThrownBy(() -> Network.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(text + " (expected an address or a range as 10.0.0.0/8)");
  }

  @Test
  void isNotAnAddressWhenItIsNone() {
    assertThat(Network.address("unix:/tmp/socket")).isNull();
  }
}
