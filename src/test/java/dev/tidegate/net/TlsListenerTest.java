package dev.tidegate.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import org.junit.jupiter.api.Test;

class TlsListenerTest {
  @Test
  void speaksNothingOlderThanTls12() {
    HttpServerOptions options = secure(List.of(HttpVersion.HTTP_1_1));
    assertThat(options.isSsl()).isTrue();
    assertThat(options.getEnabledSecureTransportProtocols())
        .containsExactlyInAnyOrder("TLSv1.2", "TLSv1.3");
  }

  @Test
  void negotiatesWhereThereIsSomethingToChoose() {
    List<HttpVersion> both = List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1);
    assertThat(secure(both).isUseAlpn()).isTrue();
    assertThat(secure(both).getAlpnVersions()).isEqualTo(both);
    assertThat(secure(List.of(HttpVersion.HTTP_1_1)).isUseAlpn()).isFalse();
  }

  private static HttpServerOptions secure(List<HttpVersion> versions) {
    return TlsListener.secure(new HttpServerOptions(), "key.pem", "cert.pem", versions);
  }
}
