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
 * @param credential names the key or token without revealing it, so that it can be revoked
 */
public record Identity(
    String consumer,
    String account,
    String tier,
    Set<String> scopes,
    long expires,
    String credential) {}
