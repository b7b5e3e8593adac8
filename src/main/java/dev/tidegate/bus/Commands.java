package dev.tidegate.bus;

import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The conversation between INGRESS or STREAM and COMMAND: submit an asynchronous request, find it
 * again, hear how it goes. Bodies are bounded, so they travel whole. Times are milliseconds since
 * the epoch.
 */
public final class Commands {
  private Commands() {}

  /** How many addresses outcomes are spread over; a consumer's is fixed by {@link #shardOf}. */
  public static final int OUTCOME_SHARDS = 16;

  /** What a consumer can subscribe to of its own commands. */
  public enum PrivateChannel {
    REQUESTS,
    ORDERS;

    private final String text = name().toLowerCase(Locale.ROOT);

    public String text() {
      return text;
    }

    /** Null when there is no such private channel. */
    public static @Nullable PrivateChannel named(String text) {
      for (PrivateChannel channel : values()) {
        if (channel.text.equals(text)) {
          return channel;
        }
      }
      return null;
    }
  }

  /** A header of the request that the worker should see. */
  public record Header(String name, String value) {}

  /**
   * A request to accept.
   *
   * @param channel the text of the {@link PrivateChannel} that hears of it: requests always, and
   *     orders when this says so
   * @param deadline when a worker should no longer start it
   */
  public record Submit(
      String consumer,
      String account,
      String route,
      String topic,
      String channel,
      String method,
      String path,
      @Nullable String idempotencyKey,
      List<Header> headers,
      String contentType,
      byte[] body,
      long deadline) {}

  /** What became of a submission. */
  public sealed interface Receipt permits Accepted, Refused {}

  /**
   * It is durable; {@code replayed} when the idempotency key had already been used for the same
   * request.
   */
  public record Accepted(Stored record, boolean replayed) implements Receipt {}

  /**
   * It was not accepted.
   *
   * @param retryAfter seconds, 0 when it makes no sense to come back
   */
  public record Refused(Problem problem, String detail, Outcome outcome, int retryAfter)
      implements Receipt {}

  /** The state of an accepted command, which only moves down this list. */
  public enum Status {
    ACCEPTED,
    PROCESSING,
    COMPLETED,
    FAILED,
    EXPIRED;

    private final String text = name().toLowerCase(Locale.ROOT);

    public boolean isFinal() {
      return this == COMPLETED || this == FAILED || this == EXPIRED;
    }

    /** As clients see it. */
    public String text() {
      return text;
    }

    /** One that only a newer node knows lies beyond accepted, and may not be the last. */
    static Status named(String name) {
      for (Status status : values()) {
        if (status.name().equals(name)) {
          return status;
        }
      }
      return PROCESSING;
    }
  }

  /** The worker's answer; the body is JSON. */
  public record Result(int status, byte[] body) {}

  /** What is known of a command. */
  public record Stored(
      String id,
      String consumer,
      Status status,
      long acceptedAt,
      long updatedAt,
      @Nullable Result result) {}

  /** Asks for a command by id; answered only to its consumer. */
  public record Find(String id, String consumer) {}

  /** Null when there is none, or when it is somebody else's. */
  public record Found(@Nullable Stored record) {}

  /**
   * One step of one command, numbered in its consumer's private stream.
   *
   * @param channel the text of a {@link PrivateChannel}, or of one that a newer node has
   */
  public record Transition(
      String consumer, String channel, String epoch, long seq, Stored record) {}

  /**
   * Asks for what a private stream holds after {@code afterSeq} of {@code epoch} (null: only where
   * it stands now).
   */
  public record ReadPrivate(
      String consumer, String channel, @Nullable String epoch, long afterSeq, int limit) {}

  /**
   * The kept transitions, oldest first.
   *
   * @param recovered false when something between the asked sequence and the first one here is no
   *     longer kept
   * @param lastSeq where the stream stands now
   */
  public record PrivateEvents(
      String epoch, long lastSeq, boolean recovered, List<Transition> transitions) {}

  public static final Address<Submit> SUBMIT = new Address<>("command.submit", Submit.class);
  public static final Address<Find> FIND = new Address<>("command.find", Find.class);
  public static final Address<ReadPrivate> READ_PRIVATE =
      new Address<>("command.private", ReadPrivate.class);

  /**
   * Every transition of the consumers of this shard, published to whoever may hold one of their
   * sockets or waiters.
   */
  public static Address<Transition> outcome(int shard) {
    return new Address<>("command.outcome." + shard, Transition.class);
  }

  public static int shardOf(String consumer) {
    return Math.floorMod(consumer.hashCode(), OUTCOME_SHARDS);
  }
}
