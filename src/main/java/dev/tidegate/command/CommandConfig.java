package dev.tidegate.command;

import dev.tidegate.command.state.Retention;
import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How commands are accepted and kept.
 *
 * @param topics that routes may name, created when they are missing
 * @param partitions of a topic that has to be created
 * @param maxBody bytes of a command's body
 * @param maxInFlight submissions that one instance works on at a time; more are refused with 503
 * @param appendTimeout within which the log confirms or the request is refused
 * @param stateTimeout within which the store answers or counts as down
 * @param lease how long an attempt that was never finished blocks its idempotency key
 * @param records how long commands and idempotency keys are remembered
 * @param privateRetention how long a private stream is kept after its last message
 * @param privateLimit messages kept in a private stream
 * @param expiryGrace time after its deadline in which a command may still turn out to have started
 */
public record CommandConfig(
    @Default("[commands]") List<String> topics,
    @Default("command.results") String resultsTopic,
    @Default("commands.dead") String deadTopic,
    @Default("12") int partitions,
    @Default("1048576") int maxBody,
    @Default("4096") int maxInFlight,
    @Default("2500ms") Duration appendTimeout,
    @Default("1s") Duration stateTimeout,
    @Default("5s") Duration lease,
    @Default("24h") Duration records,
    @Default("5m") Duration privateRetention,
    @Default("10000") int privateLimit,
    @Default("10s") Duration expiryGrace) {

  public CommandConfig {
    topics = List.copyOf(topics);
    Check.within("partitions", partitions, 1, 10_000);
    Check.within("maxBody", maxBody, 1, 16 << 20);
    Check.within("maxInFlight", maxInFlight, 1, 1_000_000);
    Check.within("appendTimeout", appendTimeout, millis(100), Duration.ofMinutes(2));
    Check.within("stateTimeout", stateTimeout, millis(10), Duration.ofMinutes(1));
    Check.within("lease", lease, millis(100), Duration.ofMinutes(10));
    Check.within("records", records, Duration.ofSeconds(1), Duration.ofDays(30));
    Check.within("privateRetention", privateRetention, Duration.ofSeconds(1), Duration.ofDays(1));
    Check.within("privateLimit", privateLimit, 1, 1_000_000);
    Check.within("expiryGrace", expiryGrace, Duration.ZERO, Duration.ofHours(1));
    Check.that(
        lease.compareTo(appendTimeout.plus(stateTimeout)) > 0,
        "lease",
        lease,
        "more than appendTimeout + stateTimeout");
  }

  private static Duration millis(long count) {
    return Duration.ofMillis(count);
  }

  Retention retention() {
    return new Retention(
        lease.toMillis(),
        records.toMillis(),
        privateRetention.toMillis(),
        privateLimit,
        expiryGrace.toMillis());
  }

  /** Every topic that a node of the gateway writes or reads. */
  List<String> allTopics() {
    List<String> all = new ArrayList<>(topics);
    all.add(resultsTopic);
    all.add(deadTopic);
    return all;
  }
}
