package dev.tidegate.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Verifies tokens against one key set. The algorithm follows from the key (RSA: RS256, P-256:
 * ES256, secret: HS256) and never from the token alone, so that a public key cannot serve as a
 * secret.
 */
final class Tokens {
  /** Longer tokens are refused unread. */
  private static final int MAX_LENGTH = 8192;

  private record Verifier(@Nullable String id, JWSAlgorithm algorithm, JWSVerifier verifier) {}

  /** A refusal that the caller may read. */
  static final class InvalidToken extends Exception {
    InvalidToken(String message) {
      super(message, null, false, false);
    }
  }

  private final List<Verifier> verifiers = new ArrayList<>();
  private final @Nullable String issuer;
  private final @Nullable String audience;
  private final long skewMillis;

  Tokens(AuthConfig.Jwt config, JWKSet keys) {
    this.issuer = config.issuer();
    this.audience = config.audience();
    this.skewMillis = config.clockSkew().toMillis();
    for (JWK key : keys.getKeys()) {
      if (key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE)) {
        verifiers.add(verifier(key));
      }
    }
  }

  private static Verifier verifier(JWK key) {
    try {
      Verifier verifier =
          switch (key) {
            case RSAKey rsa ->
                new Verifier(key.getKeyID(), JWSAlgorithm.RS256, new RSASSAVerifier(rsa));
            case ECKey ec when Curve.P_256.equals(ec.getCurve()) ->
                new Verifier(key.getKeyID(), JWSAlgorithm.ES256, new ECDSAVerifier(ec));
            case OctetSequenceKey secret ->
                new Verifier(key.getKeyID(), JWSAlgorithm.HS256, new MACVerifier(secret));
            default ->
                throw new IllegalArgumentException(
                    "jwt.jwks: " + key.getKeyType() + " (expected RSA, EC P-256 or oct keys)");
          };
      if (key.getAlgorithm() != null && !key.getAlgorithm().equals(verifier.algorithm())) {
        throw new IllegalArgumentException(
            "jwt.jwks: " + key.getAlgorithm() + " (expected " + verifier.algorithm() + ")");
      }
      return verifier;
    } catch (JOSEException e) {
      throw new IllegalArgumentException("jwt.jwks: " + e.getMessage(), e);
    }
  }

  JWTClaimsSet verify(String token, long nowMillis) throws InvalidToken {
    if (token.length() > MAX_LENGTH) {
      throw new InvalidToken("the token is too long");
    }
    JWTClaimsSet claims;
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      verifySignature(jwt);
      claims = jwt.getJWTClaimsSet();
    } catch (ParseException | IllegalArgumentException e) {
      throw new InvalidToken("the token is malformed");
    }
    check(claims, nowMillis);
    return claims;
  }

  private void verifySignature(SignedJWT jwt) throws InvalidToken {
    String id = jwt.getHeader().getKeyID();
    JWSAlgorithm algorithm = jwt.getHeader().getAlgorithm();
    for (Verifier candidate : verifiers) {
      boolean named = id == null || candidate.id() == null || id.equals(candidate.id());
      try {
        if (named && candidate.algorithm().equals(algorithm) && jwt.verify(candidate.verifier())) {
          return;
        }
      } catch (JOSEException e) {
        throw new InvalidToken("the token cannot be verified");
      }
    }
    throw new InvalidToken("the token's signature or algorithm is not accepted");
  }

  private void check(JWTClaimsSet claims, long nowMillis) throws InvalidToken {
    Date expires = claims.getExpirationTime();
    Date notBefore = claims.getNotBeforeTime();
    if (claims.getSubject() == null) {
      throw new InvalidToken("the token has no subject");
    }
    if (expires == null) {
      throw new InvalidToken("the token never expires");
    }
    if (nowMillis >= expires.toInstant().toEpochMilli() + skewMillis) {
      throw new InvalidToken("the token has expired");
    }
    if (notBefore != null && nowMillis < notBefore.toInstant().toEpochMilli() - skewMillis) {
      throw new InvalidToken("the token is not valid yet");
    }
    if (issuer != null && !Objects.equals(issuer, claims.getIssuer())) {
      throw new InvalidToken("the token's issuer is not accepted");
    }
    if (audience != null && !claims.getAudience().contains(audience)) {
      throw new InvalidToken("the token is for another audience");
    }
  }
}
