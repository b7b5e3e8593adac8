package dev.tidegate.auth;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Ed25519 (RFC 8032) as the JDK has it: public keys as people write them, and signatures. */
final class Ed25519 {
  static final int KEY_BYTES = 32;
  static final int SIGNATURE_BYTES = 64;

  private static final String NAME = "Ed25519";
  private static final String EXPECTED =
      "publicKey: *** (expected an Ed25519 public key: PEM, or the 32 bytes in base64)";
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----\\s*");

  /** What stands before the 32 bytes in a SubjectPublicKeyInfo (RFC 8410). */
  private static final byte[] HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

  /** The points of small order, without their sign: anybody could sign for such a key. */
  private static final Set<String> WEAK =
      Set.of(
          "0000000000000000000000000000000000000000000000000000000000000000",
          "0100000000000000000000000000000000000000000000000000000000000000",
          "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
          "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

  private Ed25519() {}

  /** Reads a key; what is none is an {@link IllegalArgumentException} that does not show it. */
  static PublicKey publicKey(String text) {
    try {
      PublicKey key = KeyFactory.getInstance(NAME).generatePublic(spec(text.strip()));
      Signature.getInstance(NAME).initVerify(key); // refuses what is no point of the curve
      byte[] point = Arrays.copyOfRange(key.getEncoded(), HEAD.length, HEAD.length + KEY_BYTES);
      point[KEY_BYTES - 1] &= 0x7F;
      if (WEAK.contains(HexFormat.of().formatHex(point))) {
        throw new IllegalArgumentException(EXPECTED);
      }
      return key;
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(EXPECTED, e);
    }
  }

  private static X509EncodedKeySpec spec(String text) {
    try {
      Matcher pem = PEM.matcher(text);
      if (pem.matches()) {
        return new X509EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
      }
      byte[] point = Base64.getDecoder().decode(text);
      if (point.length == KEY_BYTES) {
        byte[] whole = Arrays.copyOf(HEAD, HEAD.length + KEY_BYTES);
        System.arraycopy(point, 0, whole, HEAD.length, KEY_BYTES);
        return new X509EncodedKeySpec(whole);
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(EXPECTED, e);
    }
    throw new IllegalArgumentException(EXPECTED);
  }

  static boolean verifies(PublicKey key, byte[] text, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance(NAME);
      verifier.initVerify(key);
      verifier.update(text);
      return verifier.verify(signature);
    } catch (SignatureException e) {
      return false; // its numbers are out of range
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // the key was looked at when it was read
    }
  }
}
