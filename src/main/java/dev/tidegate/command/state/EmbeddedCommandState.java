package dev.tidegate.command.state;

import dev.tidegate.bus.Commands.Found;
import dev.tidegate.bus.Commands.PrivateChannel;
import dev.tidegate.bus.Commands.PrivateEvents;
import dev.tidegate.bus.Commands.ReadPrivate;
import dev.tidegate.bus.Commands.Result;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.command.log.CommandLog.Position;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The state in memory, for development: shared by every verticle of the process, gone with it. Safe
 * for use from any thread.
 */
public final class EmbeddedCommandState implements CommandState {
  private static final String REQUESTS = PrivateChannel.REQUESTS.text();
  private static final int MAX_RECORDS = 500_000;

  private final Retention retention;
  private final Map<String, Command> commands = new LinkedHashMap<>();
  private final Map<Key, Attempt> keys = new LinkedHashMap<>();
  private final Map<Key, PrivateStream> streams = new HashMap<>();
  private final Supplier<String> epochs;

  /**
   * @param epochs names the numbering of a private stream, unlike any other
   */
  public EmbeddedCommandState(Retention retention, Supplier<String> epochs) {
    this.retention = retention;
    this.epochs = epochs;
  }

  @Override
  public synchronized Future<Begun> begin(Draft draft, long now) {
    forgetOld(now);
    String id = draft.id();
    boolean again = false;
    if (draft.idempotencyKey() != null) {
      Key key = new Key(draft.consumer(), draft.idempotencyKey());
      Attempt held = keys.get(key);
      if (held != null) {
        if (!held.fingerprint.equals(draft.fingerprint())) {
          return Future.succeededFuture(new KeyReused());
        }
        Command earlier = commands.get(held.id);
        if (earlier != null && earlier.status != null) {
          return Future.succeededFuture(new Replay(earlier.first()));
        }
        if (earlier != null && earlier.leaseUntil > now) {
          return Future.succeededFuture(new InProgress(earlier.leaseUntil - now));
        }
        id = held.id;
        again = true;
      }
      keys.put(key, new Attempt(id, draft.fingerprint(), now));
    }
    Command command = new Command(draft.withId(id), now);
    command.leaseUntil = now + retention.lease();
    command.maybeSent = again;
    commands.put(id, command);
    return Future.succeededFuture(new Proceed(id, again));
  }

  @Override
  public synchronized Future<Effect> accepted(Draft draft, Position at, long now) {
    Command command = commands.computeIfAbsent(draft.id(), id -> new Command(draft, now));
    if (draft.idempotencyKey() != null) {
      keys.putIfAbsent(
          new Key(draft.consumer(), draft.idempotencyKey()),
          new Attempt(draft.id(), draft.fingerprint(), now));
    }
    if (command.status != null) {
      return Future.succeededFuture(Effect.NONE);
    }
    command.status = Status.ACCEPTED;
    command.updatedAt = command.draft.acceptedAt();
    return Future.succeededFuture(new Effect(true, emit(command, now)));
  }

  @Override
  public synchronized Future<Void> release(Draft draft, boolean neverSent) {
    Command command = commands.get(draft.id());
    if (command != null && command.status == null) {
      command.leaseUntil = 0;
      command.maybeSent |= !neverSent;
      if (!command.maybeSent) {
        commands.remove(draft.id());
        if (draft.idempotencyKey() != null) {
          Key key = new Key(draft.consumer(), draft.idempotencyKey());
          keys.computeIfPresent(key, (k, held) -> held.id.equals(draft.id()) ? null : held);
        }
      }
    }
    return Future.succeededFuture();
  }

  @Override
  public synchronized Future<Effect> transition(
      String id, Status status, @Nullable Result result, String source, long now) {
    Command command = commands.get(id);
    if (command == null) {
      return Future.succeededFuture(Effect.UNKNOWN);
    }
    if (command.status == status && source.equals(command.source)) {
      return Future.succeededFuture(new Effect(true, command.lastTransitions));
    }
    Status from = command.status;
    if (from != null && (from.isFinal() || from.compareTo(status) >= 0)) {
      return Future.succeededFuture(Effect.NONE);
    }
    List<Transition> transitions = new ArrayList<>();
    if (status != Status.ACCEPTED) {
      transitions.addAll(acceptedAtLast(command, now));
    }
    command.status = status;
    command.result = result;
    command.updatedAt = now;
    command.source = source;
    command.lastTransitions = emit(command, now);
    transitions.addAll(command.lastTransitions);
    return Future.succeededFuture(new Effect(true, transitions));
  }

  /** What is further than accepted has been accepted, and its owner hears of both. */
  private List<Transition> acceptedAtLast(Command command, long now) {
    if (command.status != null) {
      return List.of();
    }
    command.status = Status.ACCEPTED;
    command.updatedAt = command.draft.acceptedAt();
    return emit(command, now);
  }

  @Override
  public synchronized Future<Swept> sweep(int shard, long now, int limit) {
    List<Transition> transitions = new ArrayList<>();
    char digit = CommandIds.digit(shard);
    long waiting = 0;
    int expired = 0;
    for (Command command : commands.values()) {
      boolean begun = command.status == null || command.status == Status.ACCEPTED;
      if (!begun || CommandIds.shardDigit(command.draft.id()) != digit) {
        continue;
      }
      if (expired < limit && command.draft.deadline() + retention.expiryGrace() < now) {
        expired++;
        transitions.addAll(acceptedAtLast(command, now));
        command.status = Status.EXPIRED;
        command.updatedAt = now;
        transitions.addAll(emit(command, now));
      } else {
        waiting++;
      }
    }
    return Future.succeededFuture(new Swept(transitions, waiting));
  }

  @Override
  public synchronized Future<Found> find(String id, String consumer) {
    Command command = commands.get(id);
    if (command == null || command.status == null || !command.draft.consumer().equals(consumer)) {
      return Future.succeededFuture(new Found(null));
    }
    return Future.succeededFuture(new Found(command.stored()));
  }

  @Override
  public synchronized Future<PrivateEvents> readPrivate(ReadPrivate asked, long now) {
    long notBefore = now - retention.privateStream();
    return Future.succeededFuture(
        stream(asked.consumer(), asked.channel())
            .read(asked.epoch(), asked.afterSeq(), asked.limit(), notBefore));
  }

  @Override
  public boolean available() {
    return true;
  }

  @Override
  public String condition() {
    return "embedded";
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  private List<Transition> emit(Command command, long now) {
    Draft draft = command.draft;
    long notBefore = now - retention.privateStream();
    Stored record = command.stored();
    Transition requests =
        stream(draft.consumer(), REQUESTS).append(record, notBefore, retention.privateLimit());
    if (draft.channel().equals(REQUESTS)) {
      return List.of(requests);
    }
    return List.of(
        requests,
        stream(draft.consumer(), draft.channel())
            .append(record, notBefore, retention.privateLimit()));
  }

  private PrivateStream stream(String consumer, String channel) {
    return streams.computeIfAbsent(
        new Key(consumer, channel), key -> new PrivateStream(consumer, channel, epochs.get()));
  }

  /** Oldest first, so it stops at the first that is young enough. */
  private void forgetOld(long now) {
    long before = now - retention.records();
    Iterator<Command> oldest = commands.values().iterator();
    while (oldest.hasNext()) {
      if (oldest.next().created >= before && commands.size() <= MAX_RECORDS) {
        break;
      }
      oldest.remove();
    }
    Iterator<Attempt> oldestKey = keys.values().iterator();
    while (oldestKey.hasNext() && oldestKey.next().created < before) {
      oldestKey.remove();
    }
  }

  private record Key(String consumer, String name) {}

  private record Attempt(String id, String fingerprint, long created) {}

  private static final class Command {
    final Draft draft;
    final long created;
    long leaseUntil;
    boolean maybeSent; // an attempt that is over may have reached the log
    long updatedAt;
    @Nullable Status status; // null while it is being accepted
    @Nullable Result result;
    @Nullable String source;
    List<Transition> lastTransitions = List.of();

    Command(Draft draft, long created) {
      this.draft = draft;
      this.created = created;
    }

    Stored stored() {
      Status present = status == null ? Status.ACCEPTED : status;
      return new Stored(
          draft.id(), draft.consumer(), present, draft.acceptedAt(), updatedAt, result);
    }

    Stored first() {
      long at = draft.acceptedAt();
      return new Stored(draft.id(), draft.consumer(), Status.ACCEPTED, at, at, null);
    }
  }
}
