package dev.tidegate.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.config.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminConfigTest {
  private static final String TOKEN = "0123456789abcdef";

  @Test
  void bindsLoopbackUnlessTold() {
    AdminConfig config = Settings.of(AdminConfig.class, "{}");
    assertThat(config.host()).isEqualTo("127.0.0.1");
    assertThat(config.port()).isEqualTo(9090);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "10.0.0.1", "gateway.example"})
  void wantsATokenForAnythingButLoopback(String host) {
    assertThatThrownBy(() -> new AdminConfig(host, 9090, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("host: " + host + " (expected a loopback address, or a token beside it)");
    assertThat(new AdminConfig(host, 9090, TOKEN).host()).isEqualTo(host);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.8.8.8", "::1", "localhost", "LOCALHOST"})
  void takesLoopbackWithoutAToken(String host) {
    assertThat(new AdminConfig(host, 0, null).host()).isEqualTo(host);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65_536})
  void refusesAPortThatCannotBe(int port) {
    assertThatThrownBy(() -> new AdminConfig("::1", port, null))
        .hasMessage("port: " + port + " (expected 0..65535)");
  }

  @Test
  void refusesAShortToken() {
    assertThatThrownBy(() -> new AdminConfig("::1", 9090, "short"))
        .hasMessageContaining("at least 16 characters");
  }

  @Test
  void keepsTheTokenOutOfItsText() {
    assertThat(new AdminConfig("::1", 9090, TOKEN).toString()).doesNotContain(TOKEN);
  }
}
