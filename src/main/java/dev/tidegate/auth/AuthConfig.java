package dev.tidegate.auth;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may call, and how tokens and signatures are checked.
 *
 * @param signatureWindow how far the time of a signed login may be from the gateway's, either way;
 *     default 10 s
 */
public record AuthConfig(List<Consumer> consumers, @Nullable Jwt jwt, Duration signatureWindow) {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Duration WINDOW = Duration.ofSeconds(10);
  private static final Duration WIDEST = Duration.ofMinutes(5);

  public AuthConfig {
    consumers = consumers == null ? List.of() : List.copyOf(consumers);
    signatureWindow = signatureWindow == null ? WINDOW : signatureWindow;
    require(
        signatureWindow.toMillis() >= 1 && signatureWindow.compareTo(WIDEST) <= 0,
        "signatureWindow",
        signatureWindow,
        "1ms..5m");
    Set<String> names = new HashSet<>();
    for (Consumer consumer : consumers) {
      require(names.add(consumer.name()), "consumers.name", consumer.name(), "each name once");
    }
    onceEach(consumers);
  }

  /** With the default for signatures. */
  public AuthConfig(List<Consumer> consumers, @Nullable Jwt jwt) {
    this(consumers, jwt, WINDOW);
  }

  private static void onceEach(List<Consumer> consumers) {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < consumers.size(); i++) {
      List<SigningKey> keys = consumers.get(i).signingKeys();
      for (int j = 0; j < keys.size(); j++) {
        String id = keys.get(j).id();
        String path = "consumers[" + i + "].signingKeys[" + j + "].id";
        require(ids.add(id), path, id, "each id once");
      }
    }
  }

  /**
   * One caller.
   *
   * @param account the key under which its commands are ordered; default its name
   * @param tier default {@code registered}
   * @param apiKeys SHA-256 of each key, in hex
   * @param key a key in the clear, for development
   * @param signingKeys what its logins may be signed with
   */
  public record Consumer(
      String name,
      String account,
      String tier,
      Set<String> scopes,
      List<String> apiKeys,
      @Nullable String key,
      List<SigningKey> signingKeys) {
    public Consumer {
      require(name != null && !name.isBlank(), "consumers.name", name, "a name");
      account = account == null ? name : account;
      tier = tier == null ? "registered" : tier;
      scopes = scopes == null ? Set.of() : Set.copyOf(scopes);
      apiKeys = apiKeys == null ? List.of() : List.copyOf(apiKeys);
      signingKeys = signingKeys == null ? List.of() : List.copyOf(signingKeys);
      for (String hash : apiKeys) {
        require(SHA256.matcher(hash).matches(), "consumers.apiKeys", "***", "64 hex digits");
      }
      require(key == null || !key.isBlank(), "consumers.key", "***", "a key");
    }

    /** One that does not sign. */
    public Consumer(
        String name,
        String account,
        String tier,
        Set<String> scopes,
        List<String> apiKeys,
        @Nullable String key) {
      this(name, account, tier, scopes, apiKeys, key, List.of());
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
      require(
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
   * @param clockSkew default 30 s
   */
  public record Jwt(
      String jwks, @Nullable String issuer, @Nullable String audience, Duration clockSkew) {
    public Jwt {
      require(jwks != null && !jwks.isBlank(), "jwt.jwks", jwks, "a file");
      clockSkew = clockSkew == null ? Duration.ofSeconds(30) : clockSkew;
      require(!clockSkew.isNegative(), "jwt.clockSkew", clockSkew, "0 or more");
    }
  }

  private static void require(
      boolean valid, String name, @Nullable Object value, String expectation) {
    if (!valid) {
      throw new IllegalArgumentException(name + ": " + value + " (expected " + expectation + ")");
    }
  }
}
