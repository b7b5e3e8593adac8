package dev.tidegate.auth;

import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import dev.tidegate.config.Mistakes;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may call, and how tokens and signatures are checked.
 *
 * @param signatureWindow how far the time of a signed login may be from the gateway's, either way
 */
public record AuthConfig(
    @Default("[]") List<Consumer> consumers,
    @Nullable Jwt jwt,
    @Default("10s") Duration signatureWindow) {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Duration NARROWEST = Duration.ofMillis(1);
  private static final Duration WIDEST = Duration.ofMinutes(5);

  public AuthConfig {
    consumers = List.copyOf(consumers);
    Check.within("signatureWindow", signatureWindow, NARROWEST, WIDEST);
    Set<String> names = new HashSet<>();
    for (int i = 0; i < consumers.size(); i++) {
      String name = consumers.get(i).name();
      Check.that(names.add(name), "consumers[" + i + "].name", name, "each name once");
    }
    onceEach(consumers);
    keysOnceEach(consumers);
    Set<Object> subjects = new HashSet<>();
    for (int i = 0; i < consumers.size(); i++) {
      List<String> own = consumers.get(i).certificates();
      for (int j = 0; j < own.size(); j++) {
        String path = "consumers[" + i + "].certificates[" + j + "]";
        boolean first = subjects.add(CertificateNames.canonical(own.get(j)));
        Check.that(first, path, own.get(j), "each name once, however it is written");
      }
    }
  }

  /** A key that two have would make one of them the other. */
  private static void keysOnceEach(List<Consumer> consumers) {
    Map<String, String> owners = new HashMap<>();
    for (int i = 0; i < consumers.size(); i++) {
      Consumer consumer = consumers.get(i);
      for (String hash : consumer.apiKeys()) {
        keyOnce(owners, hash, consumer, "consumers[" + i + "].apiKeys");
      }
      if (consumer.key() != null) {
        String hash = ConfiguredAuthenticator.sha256(consumer.key());
        keyOnce(owners, hash, consumer, "consumers[" + i + "].key");
      }
    }
  }

  private static void keyOnce(
      Map<String, String> owners, String hash, Consumer consumer, String path) {
    String owner = owners.putIfAbsent(hash, consumer.name());
    Check.secret(owner == null, path, "a key that is not one of " + owner + " already");
  }

  /** Opens the key set. */
  public void open(Mistakes to) {
    if (jwt != null) {
      try {
        new Tokens(jwt, ConfiguredAuthenticator.load(jwt.jwks()));
      } catch (IllegalArgumentException e) {
        to.add(e);
      }
    }
  }

  private static void onceEach(List<Consumer> consumers) {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < consumers.size(); i++) {
      List<SigningKey> keys = consumers.get(i).signingKeys();
      for (int j = 0; j < keys.size(); j++) {
        String id = keys.get(j).id();
        String path = "consumers[" + i + "].signingKeys[" + j + "].id";
        Check.that(ids.add(id), path, id, "each id once");
      }
    }
  }

  /**
   * One caller.
   *
   * @param account the key under which its commands are ordered; when it is not given, its name
   * @param apiKeys SHA-256 of each key, in hex
   * @param key a key in the clear, for development
   * @param signingKeys what its logins may be signed with
   * @param certificates subjects or alternative names of its client certificates
   */
  public record Consumer(
      String name,
      String account,
      @Default("registered") String tier,
      @Default("[]") Set<String> scopes,
      @Default("[]") List<String> apiKeys,
      @Nullable String key,
      @Default("[]") List<SigningKey> signingKeys,
      @Default("[]") List<String> certificates) {
    /** Of consumers for whom no other is given. */
    public static final String USUAL_TIER = "registered";

    public Consumer {
      Check.given("name", name, "a name");
      account = account == null ? name : account;
      scopes = Set.copyOf(scopes);
      apiKeys = List.copyOf(apiKeys);
      signingKeys = List.copyOf(signingKeys);
      for (String hash : apiKeys) {
        Check.secret(SHA256.matcher(hash).matches(), "apiKeys", "64 hex digits");
      }
      Check.secret(key == null || !key.isBlank(), "key", "a key");
      certificates = List.copyOf(certificates);
      for (int i = 0; i < certificates.size(); i++) {
        String subject = certificates.get(i);
        Check.that(named(subject), "certificates[" + i + "]", subject, CertificateNames.EXPECTED);
      }
    }

    private static boolean named(String certificate) {
      try {
        CertificateNames.canonical(certificate);
        return true;
      } catch (IllegalArgumentException e) {
        return false;
      }
    }

    @Override
    public String toString() {
      return "Consumer[" + name + ", " + account + ", " + tier + "]";
    }
  }

  /**
   * The public half of an Ed25519 key pair; the private one never leaves the consumer.
   *
   * @param id names it in logins and revocations; never given to another key
   * @param publicKey PEM, or its 32 bytes in base64
   */
  public record SigningKey(String id, String publicKey) {
    public SigningKey {
      Check.that(
          id != null && KEY_ID.matcher(id).matches(), "id", id, "1..64 letters, digits, . _ or -");
      Ed25519.publicKey(publicKey == null ? "" : publicKey);
    }

    @Override
    public String toString() {
      return "SigningKey[" + id + "]";
    }
  }

  /**
   * How tokens are checked. A token's algorithm must be the one that belongs to its key's type.
   *
   * @param jwks a file with a JSON Web Key Set
   */
  public record Jwt(
      String jwks,
      @Nullable String issuer,
      @Nullable String audience,
      @Default("30s") Duration clockSkew) {
    public Jwt {
      Check.given("jwks", jwks, "a file");
      Check.that(!clockSkew.isNegative(), "clockSkew", clockSkew, "0s or more");
    }
  }
}
