package dev.tidegate.command.state;

import dev.tidegate.bus.Commands.Found;
import dev.tidegate.bus.Commands.PrivateEvents;
import dev.tidegate.bus.Commands.ReadPrivate;
import dev.tidegate.bus.Commands.Result;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.command.log.CommandLog;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What can be asked of commands: idempotency keys, records, and each consumer's private streams.
 * Every operation is atomic, and everything in it expires. Operations fail with {@link
 * RedisUnavailable}, at once when the store is known to be down. Times are milliseconds since the
 * epoch, given by the caller.
 */
public interface CommandState {
  /**
   * A command that is being accepted.
   *
   * @param fingerprint of the request, to tell a repetition from a misuse of the key
   */
  record Draft(
      String id,
      String consumer,
      String channel,
      @Nullable String idempotencyKey,
      String fingerprint,
      long acceptedAt,
      long deadline) {
    public Draft withId(String other) {
      return new Draft(other, consumer, channel, idempotencyKey, fingerprint, acceptedAt, deadline);
    }
  }

  /** How a draft was received. */
  sealed interface Begun permits Proceed, Replay, InProgress, KeyReused {}

  /**
   * Append it under this id: the draft's own, or that of an earlier attempt whose lease has ended.
   *
   * @param again the earlier attempt may have been appended; workers de-duplicate by id
   */
  record Proceed(String id, boolean again) implements Begun {}

  /** It was accepted before; the record is as it was answered then. */
  record Replay(Stored first) implements Begun {}

  /** Another attempt holds the lease. */
  record InProgress(long forMillis) implements Begun {}

  /** The key belongs to another request. */
  record KeyReused() implements Begun {}

  /**
   * What an operation changed.
   *
   * @param known false when there is no such command
   */
  record Effect(boolean known, List<Transition> transitions) {
    static final Effect UNKNOWN = new Effect(false, List.of());
    static final Effect NONE = new Effect(true, List.of());
  }

  /**
   * One sweep over a shard.
   *
   * @param waiting accepted commands that nobody has started
   */
  record Swept(List<Transition> transitions, long waiting) {}

  /** Takes the key and the lease, or tells what became of the earlier attempt. */
  Future<Begun> begin(Draft draft, long now);

  /**
   * The log holds the command. Restores what the store may have lost meanwhile; changes nothing
   * when the command is already further.
   */
  Future<Effect> accepted(Draft draft, CommandLog.Position at, long now);

  /**
   * The attempt failed. When neither it nor an earlier one can have been sent the key is free
   * again; else the id stays and the next attempt takes it over.
   *
   * @param neverSent this attempt was certainly not
   */
  Future<Void> release(Draft draft, boolean neverSent);

  /**
   * Moves a command forward.
   *
   * @param source names the record that says so: the same source twice gives the same transitions
   *     twice, so that what was applied but not published can be published again; another source
   *     gives none
   */
  Future<Effect> transition(
      String id, Status status, @Nullable Result result, String source, long now);

  /**
   * Expires at most {@code limit} commands of the shard that were due before {@code now}: those
   * that nobody started, and attempts that were never finished.
   */
  Future<Swept> sweep(int shard, long now, int limit);

  Future<Found> find(String id, String consumer);

  Future<PrivateEvents> readPrivate(ReadPrivate asked, long now);

  boolean available();

  /** For people: {@code up} or {@code down}, or {@code embedded}. */
  String condition();

  Future<Void> close();
}
