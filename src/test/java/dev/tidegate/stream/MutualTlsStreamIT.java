package dev.tidegate.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.auth.AuthConfig;
import dev.tidegate.auth.ConfiguredAuthenticator;
import dev.tidegate.config.Settings;
import dev.tidegate.rules.Rules;
import dev.tidegate.testing.Certificate;
import dev.tidegate.testing.Issuer;
import dev.tidegate.testing.RawWebSocket;
import dev.tidegate.testing.TlsCaller;
import java.io.IOException;
import javax.net.ssl.KeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients of the stream who prove with a certificate who they are. */
@Timeout(60)
class MutualTlsStreamIT {
  private final Issuer issuer = new Issuer("clients");
  private final Certificate files = Certificate.create();
  private TestStream stream;

  private void start(String clientAuth) {
    AuthConfig auth =
        Settings.of(
            AuthConfig.class, "{consumers: [{name: alice, certificates: ['O=Acme, CN=desk-1']}]}");
    stream =
        new TestStream(
                new ConfiguredAuthenticator(auth, System::currentTimeMillis), new Rules(), "AAA")
            .start(
                """
                tls: {port: 0, key: "%s", cert: "%s", clientAuth: %s, trust: "%s"}
                tiers: {anonymous: {connectionsPerUser: 9}, registered: {connectionsPerUser: 1}}
                drain: 1s
                """
                    .formatted(files.key(), files.cert(), clientAuth, issuer.file()));
  }

  @AfterEach
  void stop() throws Exception {
    stream.close();
  }

  private RawWebSocket open(KeyManager... shown) throws IOException {
    TlsCaller caller = new TlsCaller(stream.tlsPort(), files.cert(), shown);
    return RawWebSocket.open(caller.open(""), "wss://localhost:" + stream.tlsPort() + "/v1/stream");
  }

  @Test
  void aTrustedCertificateLogsItsConsumerIn() throws Exception {
    start("request");
    KeyManager[] alice = Issuer.shows(issuer.issue("o=acme,cn=Desk-1"));
    try (RawWebSocket known = open(alice);
        RawWebSocket anonymous = open()) {
      assertThat(known.nextText()).contains("welcome");
      assertThat(anonymous.nextText()).contains("welcome");
      assertThatThrownBy(() -> open(alice))
          .as("the second of the same consumer")
          .hasMessageContaining(" 429 ");
    }
    KeyManager[] nobody = Issuer.shows(issuer.issue("O=Acme,CN=desk-2"));
    assertThatThrownBy(() -> open(nobody)).hasMessageContaining(" 401 ");
    KeyManager[] strange = Issuer.shows(new Issuer("clients").issue("O=Acme,CN=desk-1"));
    assertThatThrownBy(() -> open(strange)).isInstanceOf(IOException.class);
  }

  @Test
  void withoutOneThereIsNoHandshakeWhereItIsRequired() throws Exception {
    start("required");
    assertThatThrownBy(this::open).isInstanceOf(IOException.class);
    try (RawWebSocket known = open(Issuer.shows(issuer.issue("O=Acme,CN=desk-1")))) {
      assertThat(known.nextText()).contains("welcome");
    }
  }
}
