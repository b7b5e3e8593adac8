package dev.tidegate.ingress;

import static dev.tidegate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.testing.Certificate;
import dev.tidegate.testing.TlsCaller;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a listener with TLS speaks, and which certificate it shows, to clients of the JDK. */
@Timeout(120)
class HttpTlsIT {
  @TempDir Path folder;
  private Certificate files;
  private TestGateway gateway;

  @BeforeEach
  void start() throws IOException {
    files =
        new Certificate(
            folder.resolve("key.pem").toString(), folder.resolve("cert.pem").toString(), "");
    put(Certificate.create());
    gateway =
        new TestGateway(2)
            .withoutUpstreamRole()
            .tls(files)
            .routes(Routes.fixed("fixed", "/fixed", "hello"))
            .start();
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private void put(Certificate pair) throws IOException {
    putKey(pair);
    Files.copy(Path.of(pair.cert()), Path.of(files.cert()), StandardCopyOption.REPLACE_EXISTING);
  }

  private void putKey(Certificate pair) throws IOException {
    Files.copy(Path.of(pair.key()), Path.of(files.key()), StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Each suite that the JDK can speak is taken when it is authenticated encryption, else refused.
   */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void takesAuthenticatedEncryptionOnly(String version) throws IOException {
    TlsCaller caller = TlsCaller.trusting(gateway.tlsPort());
    int taken = 0;
    int refused = 0;
    for (String suite :
        ((SSLSocketFactory) SSLSocketFactory.getDefault()).getSupportedCipherSuites()) {
      boolean ofTls13 = !suite.contains("_WITH_");
      if (suite.contains("SCSV") || ofTls13 != version.equals("TLSv1.3")) {
        continue;
      }
      boolean good =
          (ofTls13 || suite.contains("_ECDHE_EC") || suite.contains("_ECDHE_RSA_"))
              && (suite.contains("_GCM_") || suite.contains("_CHACHA20_"));
      // The certificate's key is an EC one.
      if (good && !suite.contains("_RSA_")) {
        try (SSLSocket socket = caller.open(version, suite)) {
          assertThat(socket.getSession().getCipherSuite()).isEqualTo(suite);
          taken++;
        }
      } else {
        assertThatThrownBy(() -> caller.open(version, suite).close())
            .as(suite)
            .isInstanceOf(SSLException.class);
        refused++;
      }
    }
    assertThat(taken).isEqualTo(3);
    assertThat(refused).isGreaterThanOrEqualTo(version.equals("TLSv1.2") ? 10 : 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void resumesSessions(String version) throws IOException {
    TlsCaller caller = TlsCaller.trusting(gateway.tlsPort());
    try (SSLSocket first = caller.open(version)) {
      // The session's ticket comes behind the handshake.
      TlsCaller.get(first, "/fixed");
      first.getSession().putValue("first", "yes");
    }
    try (SSLSocket second = caller.open(version)) {
      assertThat(TlsCaller.get(second, "/fixed")).startsWith("HTTP/1.1 200");
      assertThat(second.getSession().getValue("first")).isEqualTo("yes");
    }
  }

  @Test
  void showsANewCertificateToNewConnectionsWhileOldOnesLiveOn() throws Exception {
    TlsCaller caller = TlsCaller.trusting(gateway.tlsPort());
    try (SSLSocket old = caller.open("")) {
      BigInteger before = TlsCaller.shown(old).getSerialNumber();
      put(Certificate.create());
      await(() -> !serial().equals(before));
      assertThat(reloads("loaded")).isEqualTo(1);
      assertThat(TlsCaller.get(old, "/fixed")).startsWith("HTTP/1.1 200");
      for (int i = 0; i < 4; i++) {
        assertThat(serial()).as("on each event loop").isNotEqualTo(before);
      }
      assertThat(protocol()).as("what is agreed on inside").isEqualTo("h2");
      assertThatThrownBy(() -> caller.open("TLSv1.2", cbc()).close())
          .isInstanceOf(SSLException.class);
    }
  }

  @Test
  void aPairThatIsNoUseChangesNothing() throws Exception {
    BigInteger before = serial();
    Certificate next = Certificate.create();
    putKey(next);
    await(() -> reloads("refused") == 1);
    assertThat(serial()).as("a key of another certificate").isEqualTo(before);
    Files.writeString(Path.of(files.key()), "no key");
    await(() -> reloads("refused") == 2);
    Files.delete(Path.of(files.key()));
    await(() -> reloads("refused") == 3);
    put(Certificate.expired());
    await(() -> reloads("refused") >= 4);
    assertThat(serial()).isEqualTo(before);
    assertThat(reloads("loaded")).isZero();
    put(next);
    await(() -> reloads("loaded") == 1);
    assertThat(serial()).isNotEqualTo(before);
  }

  private BigInteger serial() {
    try (SSLSocket socket = TlsCaller.trusting(gateway.tlsPort()).open("")) {
      return TlsCaller.shown(socket).getSerialNumber();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private String protocol() throws IOException {
    try (SSLSocket socket = TlsCaller.trusting(gateway.tlsPort()).raw()) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return socket.getApplicationProtocol();
    }
  }

  private double reloads(String result) {
    return gateway.meters.get("tidegate.tls.reloads").tag("result", result).counter().count();
  }

  private static String[] cbc() {
    List<String> all =
        Arrays.stream(((SSLSocketFactory) SSLSocketFactory.getDefault()).getSupportedCipherSuites())
            .filter(suite -> suite.contains("_CBC_"))
            .toList();
    return all.toArray(String[]::new);
  }
}
