package dev.tidegate.net;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;

/** Whether a private key and a certificate are of each other, which no key store asks. */
final class KeyPairs {
  private static final List<String> TYPES = List.of("RSA", "EC", "EdDSA");

  private KeyPairs() {}

  /** Throws unless there is a pair, and the certificate is valid today. */
  static void check(KeyManagerFactory factory) throws GeneralSecurityException {
    int found = 0;
    for (KeyManager manager : factory.getKeyManagers()) {
      if (manager instanceof X509KeyManager keys) {
        for (String type : TYPES) {
          String[] aliases = keys.getServerAliases(type, null);
          for (String alias : aliases == null ? new String[0] : aliases) {
            found++;
            check(keys.getPrivateKey(alias), keys.getCertificateChain(alias)[0]);
          }
        }
      }
    }
    if (found == 0) {
      throw new GeneralSecurityException("no key of a kind that TLS uses");
    }
  }

  private static void check(PrivateKey key, X509Certificate certificate)
      throws GeneralSecurityException {
    certificate.checkValidity();
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> "EdDSA";
        };
    byte[] text = "of each other".getBytes(US_ASCII);
    Signature signer = Signature.getInstance(algorithm);
    signer.initSign(key);
    signer.update(text);
    byte[] signature = signer.sign();
    Signature verifier = Signature.getInstance(algorithm);
    verifier.initVerify(certificate.getPublicKey());
    verifier.update(text);
    if (!verifier.verify(signature)) {
      throw new GeneralSecurityException("the key is not that of the certificate");
    }
  }
}
