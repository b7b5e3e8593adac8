package dev.tidegate.testing;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.time.Duration;
import java.time.Instant;

/**
 * A certificate of {@code localhost}, its key, and who has issued it, as files that end with the
 * tests.
 */
public record Certificate(String key, String cert, String ca) {
  /** Self-signed. */
  public static Certificate create() {
    try {
      X509Bundle bundle = localhost().setIsCertificateAuthority(true).buildSelfSigned();
      String cert = bundle.toTempCertChainPem().getPath();
      return new Certificate(bundle.toTempPrivateKeyPem().getPath(), cert, cert);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Issued by somebody of today, and a day too old. */
  public static Certificate expired() {
    Instant now = Instant.now();
    try {
      X509Bundle ca =
          new CertificateBuilder()
              .subject("CN=ca")
              .setIsCertificateAuthority(true)
              .buildSelfSigned();
      X509Bundle bundle =
          localhost()
              .notBefore(now.minus(Duration.ofDays(9)))
              .notAfter(now.minus(Duration.ofDays(1)))
              .buildIssuedBy(ca);
      return new Certificate(
          bundle.toTempPrivateKeyPem().getPath(),
          bundle.toTempCertChainPem().getPath(),
          ca.toTempCertChainPem().getPath());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static CertificateBuilder localhost() {
    return new CertificateBuilder()
        .subject("CN=localhost")
        .addSanDnsName("localhost")
        .addSanIpAddress("127.0.0.1");
  }
}
