package dev.tidegate.policy;

import java.util.Set;

/**
 * Who is calling, proven by a key or a token.
 *
 * @param consumer the unique name that limits, idempotency keys and private channels belong to
 * @param account the key under which commands are ordered
 * @param tier the name of the consumer's tier
 * @param scopes what a token grants; an API key grants what the consumer has
 * @param expires milliseconds since the epoch, {@link Long#MAX_VALUE} for a key
 * @param issuedAt milliseconds since the epoch; 0 for a token that does not say, {@link
 *     Long#MAX_VALUE} for a key
 * @param credential names the key or token without revealing it, so that it can be revoked
 */
public record Identity(
    String consumer,
    String account,
    String tier,
    Set<String> scopes,
    long expires,
    long issuedAt,
    String credential) {
  /** One that is not a token. */
  public Identity(
      String consumer,
      String account,
      String tier,
      Set<String> scopes,
      long expires,
      String credential) {
    this(consumer, account, tier, scopes, expires, Long.MAX_VALUE, credential);
  }
}
