package dev.tidegate.command;

import dev.tidegate.command.state.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How commands are accepted and kept. Every property has a default.
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
    List<String> topics,
    String resultsTopic,
    String deadTopic,
    Integer partitions,
    Integer maxBody,
    Integer maxInFlight,
    Duration appendTimeout,
    Duration stateTimeout,
    Duration lease,
    Duration records,
    Duration privateRetention,
    Integer privateLimit,
    Duration expiryGrace) {

  public CommandConfig(
      @Nullable List<String> topics,
      @Nullable String resultsTopic,
      @Nullable String deadTopic,
      @Nullable Integer partitions,
      @Nullable Integer maxBody,
      @Nullable Integer maxInFlight,
      @Nullable Duration appendTimeout,
      @Nullable Duration stateTimeout,
      @Nullable Duration lease,
      @Nullable Duration records,
      @Nullable Duration privateRetention,
      @Nullable Integer privateLimit,
      @Nullable Duration expiryGrace) {
    this.topics = topics == null ? List.of("commands") : List.copyOf(topics);
    this.resultsTopic = resultsTopic == null ? "command.results" : resultsTopic;
    this.deadTopic = deadTopic == null ? "commands.dead" : deadTopic;
    this.partitions = within("partitions", partitions, 12, 1, 10_000);
    this.maxBody = within("maxBody", maxBody, 1 << 20, 1, 16 << 20);
    this.maxInFlight = within("maxInFlight", maxInFlight, 4096, 1, 1_000_000);
    this.appendTimeout = within("appendTimeout", appendTimeout, 2_500, 100, 120_000);
    this.stateTimeout = within("stateTimeout", stateTimeout, 1_000, 10, 60_000);
    this.lease = within("lease", lease, 5_000, 100, 600_000);
    this.records = within("records", records, 86_400_000, 1_000, 30L * 86_400_000);
    this.privateRetention =
        within("privateRetention", privateRetention, 300_000, 1_000, 86_400_000);
    this.privateLimit = within("privateLimit", privateLimit, 10_000, 1, 1_000_000);
    this.expiryGrace = within("expiryGrace", expiryGrace, 10_000, 0, 3_600_000);
    if (this.lease.compareTo(this.appendTimeout.plus(this.stateTimeout)) <= 0) {
      throw new IllegalArgumentException(
          "lease: " + this.lease + " (expected more than appendTimeout + stateTimeout)");
    }
  }

  public static CommandConfig defaults() {
    return new CommandConfig(
        null, null, null, null, null, null, null, null, null, null, null, null, null);
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

  private static int within(String name, @Nullable Integer value, int otherwise, int min, int max) {
    int chosen = value == null ? otherwise : value;
    if (chosen < min || chosen > max) {
      throw new IllegalArgumentException(
          name + ": " + chosen + " (expected " + min + ".." + max + ")");
    }
    return chosen;
  }

  private static Duration within(
      String name, @Nullable Duration value, long otherwise, long min, long max) {
    Duration chosen = value == null ? Duration.ofMillis(otherwise) : value;
    if (chosen.toMillis() < min || chosen.toMillis() > max) {
      throw new IllegalArgumentException(
          name + ": " + chosen + " (expected " + min + "ms.." + max + "ms)");
    }
    return chosen;
  }
}
