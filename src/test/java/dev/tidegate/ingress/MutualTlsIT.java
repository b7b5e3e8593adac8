package dev.tidegate.ingress;

import static dev.tidegate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.config.Settings;
import dev.tidegate.route.RouteConfig;
import dev.tidegate.testing.Certificate;
import dev.tidegate.testing.Issuer;
import dev.tidegate.testing.TlsCaller;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers who prove with a certificate who they are. */
@Timeout(60)
class MutualTlsIT {
  private static final String OPEN = "/open";
  private static final String PROVEN = "/proven";
  private static final String KEYED = "/keyed";

  @TempDir Path folder;
  private final Issuer issuer = new Issuer("clients");
  private final Certificate files = Certificate.create();
  private TestGateway gateway;
  private String trust;

  @AfterEach
  void stop() {
    gateway.close();
  }

  private void start(String clientAuth) throws IOException {
    trust = folder.resolve("trust.pem").toString();
    Files.copy(Path.of(issuer.file()), Path.of(trust), StandardCopyOption.REPLACE_EXISTING);
    gateway =
        new TestGateway()
            .withoutUpstreamRole()
            .consumers(
                "[{name: alice, key: alice-key, certificates: ['O=Acme Corp, CN=desk-1']},"
                    + " {name: bob, certificates: ['uri:spiffe://acme/bob']}]")
            .http(
                "tls: {port: 0, key: '%s', cert: '%s', clientAuth: %s, trust: '%s'}"
                    .formatted(files.key(), files.cert(), clientAuth, trust))
            .routes(route(OPEN, "none"), route(PROVEN, "certificate"), route(KEYED, "apiKey"))
            .start();
  }

  private static RouteConfig route(String path, String auth) {
    return Settings.of(
        RouteConfig.class,
        "{id: '%s', path: '%s', fixed: {body: hello}, auth: %s}"
            .formatted(path.substring(1), path, auth));
  }

  private String ask(String version, String path, KeyManager... shown) throws IOException {
    TlsCaller caller = new TlsCaller(gateway.tlsPort(), files.cert(), shown);
    try (SSLSocket socket = caller.open(version)) {
      return TlsCaller.get(socket, path).lines().findFirst().orElse("");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aTrustedCertificateProvesAConsumer(String version) throws IOException {
    start("request");
    KeyManager[] alice = Issuer.shows(issuer.issue("o=ACME  corp,cn=Desk-1"));
    KeyManager[] bob = Issuer.shows(issuer.issue("CN=any", "uri:spiffe://acme/bob"));
    KeyManager[] nobody = Issuer.shows(issuer.issue("CN=desk-2,O=Acme Corp"));
    assertThat(ask(version, PROVEN, alice)).contains(" 200 ");
    assertThat(ask(version, PROVEN, bob)).contains(" 200 ");
    assertThat(ask(version, PROVEN, nobody)).contains(" 401 ");
    assertThat(ask(version, PROVEN)).contains(" 401 ");
    assertThat(ask(version, OPEN)).contains(" 200 ");
    assertThat(ask(version, OPEN, nobody)).contains(" 200 ");
    assertThat(ask(version, KEYED, alice)).as("a certificate is no key").contains(" 401 ");
    KeyManager[] strange = Issuer.shows(new Issuer("clients").issue("O=Acme Corp,CN=desk-1"));
    assertThatThrownBy(() -> ask(version, OPEN, strange)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void withoutOneThereIsNoHandshakeWhereItIsRequired(String version) throws IOException {
    start("required");
    X509Bundle alice = issuer.issue("O=Acme Corp,CN=desk-1");
    assertThat(ask(version, PROVEN, Issuer.shows(alice))).contains(" 200 ");
    assertThatThrownBy(() -> ask(version, OPEN)).isInstanceOf(IOException.class);
    // Who it was is known when the session is resumed as well.
    TlsCaller caller = new TlsCaller(gateway.tlsPort(), files.cert(), Issuer.shows(alice));
    for (int i = 0; i < 3; i++) {
      try (SSLSocket socket = caller.open(version)) {
        assertThat(TlsCaller.get(socket, PROVEN)).contains(" 200 ");
      }
    }
  }

  @Test
  void whoIsTrustedFollowsItsFile() throws Exception {
    start("required");
    KeyManager[] old = Issuer.shows(issuer.issue("O=Acme Corp,CN=desk-1"));
    Issuer next = new Issuer("next");
    KeyManager[] fresh = Issuer.shows(next.issue("O=Acme Corp,CN=desk-1"));
    assertThat(ask("", PROVEN, old)).contains(" 200 ");
    Files.copy(Path.of(next.file()), Path.of(trust), StandardCopyOption.REPLACE_EXISTING);
    await(() -> taken(fresh));
    assertThat(taken(old)).isFalse();
  }

  private boolean taken(KeyManager... shown) {
    try {
      return ask("", PROVEN, shown).contains(" 200 ");
    } catch (IOException e) {
      return false;
    }
  }
}
