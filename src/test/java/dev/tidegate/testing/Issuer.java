package dev.tidegate.testing;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManager;

/** Somebody who issues certificates to clients. */
public final class Issuer {
  private final X509Bundle ca;

  public Issuer(String name) {
    try {
      ca =
          new CertificateBuilder()
              .subject("CN=" + name)
              .setIsCertificateAuthority(true)
              .buildSelfSigned();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Its own certificate, as a PEM file. */
  public String file() {
    try {
      return ca.toTempCertChainPem().getPath();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A new certificate of this subject, and of these names, which begin with dns: or uri:. */
  public X509Bundle issue(String subject, String... names) {
    CertificateBuilder builder = new CertificateBuilder().subject(subject);
    List<String> all = Arrays.asList(names);
    try {
      for (String name : all) {
        String value = name.substring(4);
        builder =
            name.startsWith("dns:") ? builder.addSanDnsName(value) : builder.addSanUriName(value);
      }
      return builder.buildIssuedBy(ca);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a client shows it with. */
  public static KeyManager[] shows(X509Bundle certificate) {
    try {
      return certificate.toKeyManagerFactory().getKeyManagers();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
