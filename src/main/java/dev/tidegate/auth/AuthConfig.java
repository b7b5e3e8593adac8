package dev.tidegate.auth;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Who may call, and how tokens are checked. */
public record AuthConfig(List<Consumer> consumers, @Nullable Jwt jwt) {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  public AuthConfig {
    consumers = consumers == null ? List.of() : List.copyOf(consumers);
    Set<String> names = new HashSet<>();
    for (Consumer consumer : consumers) {
      require(names.add(consumer.name()), "consumers.name", consumer.name(), "each name once");
    }
  }

  /**
   * One caller.
   *
   * @param account the key under which its commands are ordered; default its name
   * @param tier default {@code registered}
   * @param apiKeys SHA-256 of each key, in hex
   * @param key a key in the clear, for development
   */
  public record Consumer(
      String name,
      String account,
      String tier,
      Set<String> scopes,
      List<String> apiKeys,
      @Nullable String key) {
    public Consumer {
      require(name != null && !name.isBlank(), "consumers.name", name, "a name");
      account = account == null ? name : account;
      tier = tier == null ? "registered" : tier;
      scopes = scopes == null ? Set.of() : Set.copyOf(scopes);
      apiKeys = apiKeys == null ? List.of() : List.copyOf(apiKeys);
      for (String hash : apiKeys) {
        require(SHA256.matcher(hash).matches(), "consumers.apiKeys", "***", "64 hex digits");
      }
      require(key == null || !key.isBlank(), "consumers.key", "***", "a key");
    }

    @Override
    public String toString() {
      return "Consumer[" + name + ", " + account + ", " + tier + "]";
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
