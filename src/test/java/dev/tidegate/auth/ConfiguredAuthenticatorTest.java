package dev.tidegate.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.tidegate.config.Settings;
import dev.tidegate.policy.Identity;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfiguredAuthenticatorTest {
  private static final long NOW = 1_800_000_000_000L;

  @TempDir static Path dir;

  private static RSAKey rsa;
  private static ECKey ec;
  private static OctetSequenceKey secret;
  private static Path jwks;

  private final long[] now = {NOW};
  private final AuthConfig config =
      Settings.of(
          AuthConfig.class,
          """
          consumers:
            - {name: alice, account: acc-1, tier: gold, scopes: [trade], key: alice-key}
            - {name: bob, apiKeys: [%s]}
          jwt: {jwks: '%s', issuer: iss, audience: aud}
          """
              .formatted(HexFormat.of().formatHex(sha256("bob-key")), jwks));
  private final ConfiguredAuthenticator authenticator =
      new ConfiguredAuthenticator(config, () -> now[0]);

  private static byte[] sha256(String text) {
    try {
      return java.security.MessageDigest.getInstance("SHA-256")
          .digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeAll
  static void keys() throws Exception {
    rsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
    ec = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
    secret = new OctetSequenceKeyGenerator(256).keyID("hs").generate();
    jwks = dir.resolve("jwks.json");
    write(rsa.toPublicJWK(), ec.toPublicJWK(), secret);
  }

  private static void write(JWK... keys) throws Exception {
    Files.writeString(jwks, new JWKSet(List.of(keys)).toString(false));
  }

  private static JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder()
        .subject("alice")
        .issuer("iss")
        .audience("aud")
        .jwtID("t-1")
        .expirationTime(Date.from(Instant.ofEpochMilli(NOW + 60_000)));
  }

  private static String sign(
      JWSAlgorithm algorithm, String id, JWSSigner signer, JWTClaimsSet claims) throws Exception {
    SignedJWT jwt = new SignedJWT(new JWSHeader.Builder(algorithm).keyID(id).build(), claims);
    jwt.sign(signer);
    return jwt.serialize();
  }

  private static String rs256(JWTClaimsSet claims) throws Exception {
    return sign(JWSAlgorithm.RS256, "rsa", new RSASSASigner(rsa), claims);
  }

  @Test
  void knowsKeysByTheirHash() {
    Identity alice = authenticator.apiKey("alice-key").identity();
    assertThat(alice.consumer()).isEqualTo("alice");
    assertThat(alice.account()).isEqualTo("acc-1");
    assertThat(alice.tier()).isEqualTo("gold");
    assertThat(alice.credential()).startsWith("key:").doesNotContain("alice-key");
    Identity bob = authenticator.apiKey("bob-key").identity();
    assertThat(bob.account()).isEqualTo("bob");
    assertThat(bob.tier()).isEqualTo("registered");
    assertThat(authenticator.apiKey("bob-key").identity()).isSameAs(bob);
    assertThat(authenticator.apiKey("eve-key").identity()).isNull();
    assertThat(authenticator.apiKey("").refusal()).isNotNull();
    assertThat(authenticator.apiKey("x".repeat(100_000)).identity()).isNull();
    assertThat(config.toString()).doesNotContain("alice-key");
  }

  @Test
  void aKeyIsNoTokenAndATokenIsNoKey() throws Exception {
    String token = sign(JWSAlgorithm.ES256, "ec", new ECDSASigner(ec), claims().build());
    assertThat(authenticator.bearer(token).identity()).isNotNull();
    assertThat(authenticator.apiKey(token).identity()).isNull();
    assertThat(authenticator.apiKey("alice-key").identity()).isNotNull();
    assertThat(authenticator.bearer("alice-key").identity()).isNull();
  }

  @Test
  void takesTokensOfEachKeysOwnAlgorithm() throws Exception {
    String es256 = sign(JWSAlgorithm.ES256, "ec", new ECDSASigner(ec), claims().build());
    String hs256 = sign(JWSAlgorithm.HS256, "hs", new MACSigner(secret), claims().build());
    for (String token : List.of(rs256(claims().build()), es256, hs256)) {
      Identity identity = authenticator.bearer(token).identity();
      assertThat(identity.consumer()).isEqualTo("alice");
      assertThat(identity.account()).isEqualTo("acc-1");
      assertThat(identity.scopes()).containsExactly("trade");
      assertThat(identity.expires()).isEqualTo(NOW + 60_000);
      assertThat(identity.credential()).isEqualTo("jwt:t-1");
    }
  }

  @Test
  void neverLetsATokenChooseItsAlgorithm() throws Exception {
    byte[] publicKey = rsa.toRSAPublicKey().getEncoded();
    String confused = sign(JWSAlgorithm.HS256, "rsa", new MACSigner(publicKey), claims().build());
    assertThat(authenticator.bearer(confused).identity()).isNull();
    String none = new PlainJWT(claims().build()).serialize();
    assertThat(authenticator.bearer(none).identity()).isNull();
    String rs512 = sign(JWSAlgorithm.RS512, "rsa", new RSASSASigner(rsa), claims().build());
    assertThat(authenticator.bearer(rs512).identity()).isNull();
  }

  @Test
  void refusesForgeriesAndRubbish() throws Exception {
    String good = rs256(claims().build());
    RSAKey other = new RSAKeyGenerator(2048).keyID("rsa").generate();
    String forged = sign(JWSAlgorithm.RS256, "rsa", new RSASSASigner(other), claims().build());
    for (String token :
        List.of(forged, good.substring(0, good.length() - 4), "", "a.b.c", "x".repeat(9000))) {
      assertThat(authenticator.bearer(token).identity()).isNull();
      assertThat(authenticator.bearer(token).refusal()).isNotBlank();
    }
  }

  @Test
  void checksClaims() throws Exception {
    assertThat(refusal(claims().subject(null))).contains("subject");
    assertThat(refusal(claims().issuer("other"))).contains("issuer");
    assertThat(refusal(claims().audience("other"))).contains("audience");
    assertThat(refusal(claims().expirationTime(null))).contains("never expires");
    assertThat(refusal(claims().expirationTime(Date.from(Instant.ofEpochMilli(NOW - 31_000)))))
        .contains("expired");
    assertThat(refusal(claims().notBeforeTime(Date.from(Instant.ofEpochMilli(NOW + 31_000)))))
        .contains("not valid yet");
  }

  private String refusal(JWTClaimsSet.Builder claims) throws Exception {
    return authenticator.bearer(rs256(claims.build())).refusal();
  }

  @Test
  void forgetsAVerdictWhenItsTokenExpires() throws Exception {
    String token = rs256(claims().build());
    assertThat(authenticator.bearer(token).identity()).isNotNull();
    now[0] = NOW + 60_000 + 29_000;
    assertThat(authenticator.bearer(token).identity()).isNotNull();
    now[0] = NOW + 60_000 + 30_000;
    assertThat(authenticator.bearer(token).identity()).isNull();
  }

  @Test
  void remembersHowAndWhenATokenWasIssued() throws Exception {
    Identity silent = authenticator.bearer(rs256(claims().build())).identity();
    assertThat(silent.credential()).isEqualTo("jwt:t-1");
    assertThat(silent.issuedAt()).isZero();
    Date issued = Date.from(Instant.ofEpochMilli(NOW - 60_000));
    assertThat(
            authenticator.bearer(rs256(claims().issueTime(issued).build())).identity().issuedAt())
        .isEqualTo(NOW - 60_000);
  }

  @Test
  void takesAnUnknownSubjectAtItsWord() throws Exception {
    Identity identity =
        authenticator
            .bearer(
                rs256(claims().subject("carol").claim("tier", "vip").claim("scope", "a b").build()))
            .identity();
    assertThat(identity.consumer()).isEqualTo("carol");
    assertThat(identity.tier()).isEqualTo("vip");
    assertThat(identity.scopes()).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void followsRotatedKeys() throws Exception {
    String old = rs256(claims().build());
    assertThat(authenticator.bearer(old).identity()).isNotNull();
    try {
      write(ec.toPublicJWK());
      authenticator.reload(config);
      assertThat(authenticator.bearer(old).identity()).isNull();
    } finally {
      write(rsa.toPublicJWK(), ec.toPublicJWK(), secret);
    }
  }

  @Test
  void refusesTokensWhenNoneAreConfigured() {
    ConfiguredAuthenticator keysOnly =
        new ConfiguredAuthenticator(Settings.of(AuthConfig.class, "{}"), () -> NOW);
    assertThat(keysOnly.bearer("a.b.c").refusal()).contains("not accepted");
    assertThatThrownBy(
            () ->
                new ConfiguredAuthenticator(
                    Settings.of(AuthConfig.class, "{jwt: {jwks: /none.json}}"), () -> NOW))
        .hasMessageStartingWith("jwt.jwks: /none.json");
  }
}
