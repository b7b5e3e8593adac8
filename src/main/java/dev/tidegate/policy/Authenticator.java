package dev.tidegate.policy;

import org.jspecify.annotations.Nullable;

/**
 * Turns credentials into an identity, in memory and without blocking. Safe to share between
 * threads.
 */
public interface Authenticator {
  /** What became of a credential. Exactly one of the two is set. */
  record Verdict(@Nullable Identity identity, @Nullable String refusal) {}

  /**
   * A login that was signed for one session.
   *
   * @param key the id of the key that signed it
   * @param time when it was signed, as its signer says, in milliseconds since the epoch
   * @param signature in base64 or hex
   * @param session the session that it came on, as the gateway knows it
   */
  record Signed(String key, long time, String signature, String session) {}

  Verdict apiKey(String key);

  Verdict bearer(String token);

  /** Refuses, unless the implementation knows who has which certificate. */
  default Verdict certificate(ClientCertificate shown) {
    return new Verdict(null, "client certificates are not accepted here");
  }

  /** Refuses, unless the implementation knows keys that sign. */
  default Verdict signature(Signed login) {
    return new Verdict(null, "signatures are not accepted here");
  }
}
