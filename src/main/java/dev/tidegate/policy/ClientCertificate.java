package dev.tidegate.policy;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * The certificate that a caller has proven to be its own, issued by somebody whom the listener
 * trusts.
 *
 * @param subject compares as X.500 names do, whatever way they are written in
 * @param alternatives its other names, as {@code dns:}, {@code uri:} or {@code email:} and the name
 * @param expires milliseconds since the epoch
 * @param fingerprint SHA-256, in hex
 */
public record ClientCertificate(
    X500Principal subject, List<String> alternatives, long expires, String fingerprint) {
  private static final int EMAIL = 1;
  private static final int DNS = 2;
  private static final int URI = 6;

  /** What the session's other end has shown; null for nothing. */
  public static @Nullable ClientCertificate of(@Nullable SSLSession session) {
    try {
      return session != null && session.getPeerCertificates()[0] instanceof X509Certificate one
          ? of(one)
          : null;
    } catch (SSLPeerUnverifiedException e) {
      return null;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ClientCertificate of(X509Certificate one) throws GeneralSecurityException {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(one.getEncoded());
    return new ClientCertificate(
        one.getSubjectX500Principal(),
        alternatives(one),
        one.getNotAfter().toInstant().toEpochMilli(),
        HexFormat.of().formatHex(hash));
  }

  private static List<String> alternatives(X509Certificate one) throws CertificateParsingException {
    Collection<List<?>> names = one.getSubjectAlternativeNames();
    List<String> all = new ArrayList<>();
    for (List<?> name : names == null ? List.<List<?>>of() : names) {
      String kind =
          switch ((Integer) name.get(0)) {
            case EMAIL -> "email:";
            case DNS -> "dns:";
            case URI -> "uri:";
            default -> null;
          };
      if (kind != null) {
        all.add(kind + name.get(1));
      }
    }
    return List.copyOf(all);
  }
}
