package dev.tidegate.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.policy.ClientCertificate;
import dev.tidegate.policy.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows the consumers of the configuration. Keys are looked up by their SHA-256, so that the time
 * of a look-up says nothing about a key; verdicts on credentials that were good are remembered, in
 * bounded number. Safe to share between threads; {@link #reload} swaps everything at once.
 */
public final class ConfiguredAuthenticator implements Authenticator {
  static final String KEY = "key:";
  private static final int REMEMBERED = 10_000;
  private static final int MAX_KEY = 512;
  private static final Verdict UNKNOWN_KEY = new Verdict(null, "the API key is not known");
  private static final Verdict NO_TOKENS = new Verdict(null, "tokens are not accepted here");

  private record State(
      Map<String, Identity> keys,
      Map<String, AuthConfig.Consumer> consumers,
      SigningKeys signing,
      CertificateNames certificates,
      @Nullable Tokens tokens,
      long skewMillis,
      Cache<String, Verdict> verdicts) {}

  private final LongSupplier millis;
  private volatile State state;

  /** Reads the key set's file, so not on an event loop. */
  public ConfiguredAuthenticator(AuthConfig config, LongSupplier millis) {
    this.millis = millis;
    this.state = state(config);
  }

  /** Takes over another configuration, or the same with another key set. Reads a file. */
  public void reload(AuthConfig config) {
    state = state(config);
  }

  private static State state(AuthConfig config) {
    Map<String, Identity> keys = new HashMap<>();
    Map<String, AuthConfig.Consumer> consumers = new HashMap<>();
    SigningKeys signing = new SigningKeys(config.signatureWindow());
    CertificateNames certificates = new CertificateNames();
    for (AuthConfig.Consumer consumer : config.consumers()) {
      consumers.put(consumer.name(), consumer);
      for (String hash : consumer.apiKeys()) {
        keys.put(hash, identity(consumer, hash));
      }
      if (consumer.key() != null) {
        String hash = sha256(consumer.key());
        keys.put(hash, identity(consumer, hash));
      }
      for (AuthConfig.SigningKey key : consumer.signingKeys()) {
        signing.add(key, identity(consumer, sha256(key.id())));
      }
      consumer.certificates().forEach(name -> certificates.add(name, consumer));
    }
    AuthConfig.Jwt jwt = config.jwt();
    return new State(
        Map.copyOf(keys),
        Map.copyOf(consumers),
        signing,
        certificates,
        jwt == null ? null : new Tokens(jwt, load(jwt.jwks())),
        jwt == null ? 0 : jwt.clockSkew().toMillis(),
        Caffeine.newBuilder().maximumSize(REMEMBERED).build());
  }

  static JWKSet load(String file) {
    try {
      return JWKSet.load(Path.of(file).toFile());
    } catch (IOException | ParseException e) {
      throw new IllegalArgumentException(
          "jwt.jwks: " + file + " (expected a readable JSON Web Key Set)", e);
    }
  }

  private static Identity identity(AuthConfig.Consumer consumer, String hash) {
    return new Identity(
        consumer.name(),
        consumer.account(),
        consumer.tier(),
        consumer.scopes(),
        Long.MAX_VALUE,
        KEY + hash.substring(0, 12));
  }

  @Override
  public Verdict apiKey(String key) {
    if (key.length() > MAX_KEY) {
      return UNKNOWN_KEY;
    }
    State now = state;
    Verdict known = now.verdicts().getIfPresent(key);
    if (known != null && isKey(known)) {
      return known;
    }
    Identity identity = now.keys().get(sha256(key));
    if (identity == null) {
      return UNKNOWN_KEY;
    }
    Verdict verdict = new Verdict(identity, null);
    now.verdicts().put(key, verdict);
    return verdict;
  }

  /** Keys and tokens are remembered together; neither is to be taken for the other. */
  private static boolean isKey(Verdict known) {
    Identity identity = known.identity();
    return identity != null && identity.credential().startsWith(KEY);
  }

  @Override
  public Verdict bearer(String token) {
    State now = state;
    Tokens tokens = now.tokens();
    if (tokens == null) {
      return NO_TOKENS;
    }
    long time = millis.getAsLong();
    Verdict known = now.verdicts().getIfPresent(token);
    if (known != null && known.identity() != null && !isKey(known)) {
      if (time < known.identity().expires() + now.skewMillis()) {
        return known;
      }
      now.verdicts().invalidate(token);
    }
    try {
      Verdict verdict = new Verdict(identity(now, tokens.verify(token, time), token), null);
      now.verdicts().put(token, verdict);
      return verdict;
    } catch (Tokens.InvalidToken e) {
      return new Verdict(null, e.getMessage());
    }
  }

  @Override
  public Verdict certificate(ClientCertificate shown) {
    return state.certificates().verify(shown, millis.getAsLong());
  }

  @Override
  public Verdict signature(Signed login) {
    return state.signing().verify(login, millis.getAsLong());
  }

  /** A subject that is not configured is its own consumer, with what the token grants. */
  private static Identity identity(State now, JWTClaimsSet claims, String token) {
    String subject = claims.getSubject();
    AuthConfig.Consumer consumer = now.consumers().get(subject);
    String account = claim(claims, "account");
    String tier = claim(claims, "tier");
    Set<String> scopes = scopes(claims);
    String id = claims.getJWTID();
    Date issued = claims.getIssueTime();
    return new Identity(
        subject,
        consumer != null ? consumer.account() : account == null ? subject : account,
        consumer != null ? consumer.tier() : tier == null ? "registered" : tier,
        scopes.isEmpty() && consumer != null ? consumer.scopes() : scopes,
        claims.getExpirationTime().toInstant().toEpochMilli(),
        issued == null ? 0 : issued.toInstant().toEpochMilli(),
        "jwt:" + (id == null ? sha256(token).substring(0, 12) : id));
  }

  private static @Nullable String claim(JWTClaimsSet claims, String name) {
    return claims.getClaim(name) instanceof String text && !text.isBlank() ? text : null;
  }

  private static Set<String> scopes(JWTClaimsSet claims) {
    Object scope = claims.getClaim("scope");
    if (scope instanceof String text && !text.isBlank()) {
      return Set.copyOf(Arrays.asList(text.trim().split(" +")));
    }
    return claims.getClaim("scopes") instanceof List<?> list
        ? Set.copyOf(list.stream().map(String::valueOf).toList())
        : Set.of();
  }

  static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
