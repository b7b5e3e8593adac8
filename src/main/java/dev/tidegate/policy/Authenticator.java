package dev.tidegate.policy;

import org.jspecify.annotations.Nullable;

/**
 * Turns credentials into an identity, in memory and without blocking. Safe to share between
 * threads.
 */
public interface Authenticator {
  /** What became of a credential. Exactly one of the two is set. */
  record Verdict(@Nullable Identity identity, @Nullable String refusal) {}

  Verdict apiKey(String key);

  Verdict bearer(String token);
}
