package dev.tidegate.testing;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;

/** A self-signed certificate of {@code localhost} and its key, as files that end with the tests. */
public record Certificate(String key, String cert) {
  public static Certificate create() {
    try {
      X509Bundle bundle =
          new CertificateBuilder()
              .subject("CN=localhost")
              .addSanDnsName("localhost")
              .addSanIpAddress("127.0.0.1")
              .setIsCertificateAuthority(true)
              .buildSelfSigned();
      return new Certificate(
          bundle.toTempPrivateKeyPem().getPath(), bundle.toTempCertChainPem().getPath());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
