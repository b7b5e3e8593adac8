package dev.tidegate.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.ingress.RawHttp.Answer;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.Certificate;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Upstreams that speak TLS: who they have to be, who we are, and what is spoken inside. */
@Timeout(60)
class HttpsUpstreamIT {
  private static final Certificate SERVER = Certificate.create();
  private static final Certificate CLIENT = Certificate.create();
  private static final Certificate EXPIRED = Certificate.expired();

  private static HttpServerOptions tls(Certificate certificate, HttpVersion... versions) {
    return new HttpServerOptions()
        .setSsl(true)
        .setSni(true)
        .setUseAlpn(true)
        .setAlpnVersions(List.of(versions))
        .setKeyCertOptions(
            new PemKeyCertOptions().setKeyPath(certificate.key()).setCertPath(certificate.cert()));
  }

  private static void tell(HttpServerRequest request) {
    request
        .response()
        .end(
            "version="
                + request.version()
                + " sni="
                + request.connection().indicatedServerName()
                + " host="
                + request.authority()
                + " path="
                + request.path());
  }

  private static TestGateway before(String more, int... ports) {
    return new TestGateway()
        .routes(Routes.below("/"))
        .upstream(TestGateway.upstreamOf("backend", more, ports))
        .start();
  }

  private static Answer get(TestGateway gateway) throws IOException {
    return RawHttp.once(gateway.port(), "GET /a HTTP/1.1\r\nHost: shop.example:81\r\n\r\n");
  }

  private static String trusting(String more) {
    return "tls: {ca: '" + SERVER.cert() + "'" + more + "}";
  }

  @ParameterizedTest
  @CsvSource({
    "false, HTTP_1_1",
    "true,  HTTP_2",
  })
  void speaksWhatBothUnderstand(boolean h2, String version) throws IOException {
    try (Backend backend =
            new Backend(
                0, tls(SERVER, HttpVersion.HTTP_2, HttpVersion.HTTP_1_1), HttpsUpstreamIT::tell);
        Backend old = new Backend(0, tls(SERVER, HttpVersion.HTTP_1_1), HttpsUpstreamIT::tell);
        TestGateway gateway = before("h2: " + h2 + ", " + trusting(""), backend.port);
        TestGateway gatewayOfOld = before("h2: " + h2 + ", " + trusting(""), old.port)) {
      for (int i = 0; i < 3; i++) {
        assertThat(get(gateway).body()).startsWith("version=" + version + " ");
        assertThat(get(gatewayOfOld).body()).startsWith("version=HTTP_1_1 ");
      }
      assertThat(backend.connections).hasValue(1);
      assertThat(old.connections).hasValue(1);
    }
  }

  @Test
  void asksForTheNameThatTheCertificateIsToBeOf() throws IOException {
    try (Backend backend =
            new Backend(0, tls(SERVER, HttpVersion.HTTP_1_1), HttpsUpstreamIT::tell);
        TestGateway gateway = before(trusting(", serverName: localhost"), backend.port);
        TestGateway byAddress = before(trusting(""), backend.port)) {
      assertThat(get(gateway).body())
          .contains("sni=localhost host=localhost:" + backend.port + " ");
      assertThat(get(byAddress).body()).contains("sni=null host=127.0.0.1:" + backend.port + " ");
    }
  }

  @Test
  void trustsNobodyWhoDoesNotProveWhoHeIs() throws IOException {
    try (Backend backend =
            new Backend(0, tls(SERVER, HttpVersion.HTTP_1_1), HttpsUpstreamIT::tell);
        Backend late = new Backend(0, tls(EXPIRED, HttpVersion.HTTP_1_1), HttpsUpstreamIT::tell);
        Backend clear = new Backend(HttpsUpstreamIT::tell);
        TestGateway unknown = before("tls: {}", backend.port);
        TestGateway another = before("tls: {ca: '" + CLIENT.cert() + "'}", backend.port);
        TestGateway misnamed = before(trusting(", serverName: other.example"), backend.port);
        TestGateway expired = before("tls: {ca: '" + EXPIRED.ca() + "'}", late.port);
        TestGateway notTls = before(trusting(""), clear.port)) {
      List<TestGateway> gateways = List.of(unknown, another, misnamed, expired, notTls);
      for (TestGateway gateway : gateways) {
        Answer answer = get(gateway);
        assertThat(answer.status()).as("number %d", gateways.indexOf(gateway)).isEqualTo(502);
        assertThat(answer.body())
            .contains("/problems/upstream-unreachable")
            .contains("the TLS handshake with the upstream failed")
            .contains("never-sent");
      }
      assertThat(backend.requests).hasValue(0);
      assertThat(late.requests).hasValue(0);
    }
  }

  @Test
  void trustsAnybodyWhereItIsToldTo() throws IOException {
    try (Backend late = new Backend(0, tls(EXPIRED, HttpVersion.HTTP_1_1), HttpsUpstreamIT::tell);
        TestGateway gateway = before("tls: {verify: false}", late.port)) {
      assertThat(get(gateway).status()).isEqualTo(200);
    }
  }

  @Test
  void showsItsOwnCertificate() throws IOException {
    HttpServerOptions demanding =
        tls(SERVER, HttpVersion.HTTP_1_1)
            .setClientAuth(ClientAuth.REQUIRED)
            .setTrustOptions(new PemTrustOptions().addCertPath(CLIENT.cert()));
    String ours = ", cert: '" + CLIENT.cert() + "', key: '" + CLIENT.key() + "'";
    try (Backend backend = new Backend(0, demanding, HttpsUpstreamIT::tell);
        TestGateway known = before(trusting(ours), backend.port);
        TestGateway unknown = before(trusting(""), backend.port)) {
      assertThat(get(known).status()).isEqualTo(200);
      assertThat(get(unknown).status()).isEqualTo(502);
      assertThat(backend.requests).hasValue(1);
    }
  }

  @Test
  void checksByTheSameMeans() throws IOException {
    try (Backend backend =
            new Backend(0, tls(SERVER, HttpVersion.HTTP_1_1), HttpsUpstreamIT::tell);
        TestGateway gateway =
            before(
                trusting(", serverName: localhost")
                    + ", check: {path: /health, every: 100ms, timeout: 10s}",
                backend.port)) {
      Await.await(() -> backend.requests.get() >= 3);
      assertThat(gateway.upstreams().findValuesAsText("health")).containsExactly("in");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'',                          127.0.0.1",
    "'host: set',                 127.0.0.1",
    "'host: keep',                shop.example:81",
    "'host: keep, h2: true',      shop.example:81",
    "'h2: true',                  127.0.0.1",
  })
  void keepsOrSetsTheHost(String more, String host) throws IOException {
    try (Backend backend =
            new Backend(
                0, new HttpServerOptions().setHttp2ClearTextEnabled(true), HttpsUpstreamIT::tell);
        TestGateway gateway = before(more, backend.port)) {
      for (int i = 0; i < 2; i++) {
        String own = host.equals("127.0.0.1") ? host + ":" + backend.port : host;
        assertThat(get(gateway).body()).contains("host=" + own + " ");
      }
    }
  }
}
