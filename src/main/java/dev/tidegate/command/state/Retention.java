package dev.tidegate.command.state;

/**
 * How long the state of commands is kept. All but the count are milliseconds.
 *
 * @param lease how long an attempt that was never finished blocks its idempotency key
 * @param records how long commands and idempotency keys are remembered
 * @param privateStream how long a private stream is kept after its last message
 * @param privateLimit messages kept in a private stream
 * @param expiryGrace time after its deadline in which a command may still turn out to have started
 */
public record Retention(
    long lease, long records, long privateStream, int privateLimit, long expiryGrace) {}
