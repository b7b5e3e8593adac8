package dev.tidegate.command.state;

import dev.tidegate.bus.Commands.Found;
import dev.tidegate.bus.Commands.PrivateEvents;
import dev.tidegate.bus.Commands.ReadPrivate;
import dev.tidegate.bus.Commands.Result;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.command.CommandConfig;
import dev.tidegate.command.log.CommandLog.Position;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The state in memory, for development: shared by every verticle of the process, gone with it. Safe
 * for use from any thread.
 */
public final class EmbeddedCommandState implements CommandState {
  private static final String REQUESTS = "requests";
  private static final int MAX_RECORDS = 500_000;

  private final CommandConfig config;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<Key, Held> keys = new LinkedHashMap<>();
  private final Map<Key, PrivateStream> streams = new HashMap<>();

  public EmbeddedCommandState(CommandConfig config) {
    this.config = config;
  }

  @Override
  public synchronized Future<Begun> begin(Draft draft, long now) {
    forgetOld(now);
    String id = draft.id();
    if (draft.idempotencyKey() != null) {
      Key key = new Key(draft.consumer(), draft.idempotencyKey());
      Held held = keys.get(key);
      if (held != null) {
        if (!held.fingerprint.equals(draft.fingerprint())) {
          return Future.succeededFuture(new KeyReused());
        }
        Entry earlier = entries.get(held.id);
        if (earlier != null && earlier.status != null) {
          return Future.succeededFuture(new Replay(earlier.first()));
        }
        if (earlier != null && earlier.leaseUntil > now) {
          return Future.succeededFuture(new InProgress(earlier.leaseUntil - now));
        }
        id = held.id;
      }
      keys.put(key, new Held(id, draft.fingerprint(), now));
    }
    Entry entry = new Entry(draft.withId(id), now);
    entry.leaseUntil = now + config.lease().toMillis();
    entries.put(id, entry);
    return Future.succeededFuture(new Proceed(id));
  }

  @Override
  public synchronized Future<Change> accepted(Draft draft, Position at, long now) {
    Entry entry = entries.computeIfAbsent(draft.id(), id -> new Entry(draft, now));
    if (draft.idempotencyKey() != null) {
      keys.putIfAbsent(
          new Key(draft.consumer(), draft.idempotencyKey()),
          new Held(draft.id(), draft.fingerprint(), now));
    }
    if (entry.status != null) {
      return Future.succeededFuture(Change.NONE);
    }
    entry.status = Status.ACCEPTED;
    entry.updatedAt = entry.draft.acceptedAt();
    return Future.succeededFuture(new Change(true, emit(entry, now)));
  }

  @Override
  public synchronized Future<Void> release(Draft draft, boolean neverSent) {
    Entry entry = entries.get(draft.id());
    if (entry != null && entry.status == null) {
      entry.leaseUntil = 0;
      if (neverSent) {
        entries.remove(draft.id());
        if (draft.idempotencyKey() != null) {
          Key key = new Key(draft.consumer(), draft.idempotencyKey());
          keys.computeIfPresent(key, (k, held) -> held.id.equals(draft.id()) ? null : held);
        }
      }
    }
    return Future.succeededFuture();
  }

  @Override
  public synchronized Future<Change> transition(
      String id, Status status, @Nullable Result result, String source, long now) {
    Entry entry = entries.get(id);
    if (entry == null) {
      return Future.succeededFuture(Change.UNKNOWN);
    }
    if (entry.status == status && source.equals(entry.source)) {
      return Future.succeededFuture(new Change(true, entry.lastTransitions));
    }
    Status from = entry.status;
    if (from != null && (from.isFinal() || from.compareTo(status) >= 0)) {
      return Future.succeededFuture(Change.NONE);
    }
    List<Transition> transitions = new ArrayList<>();
    if (from == null && status != Status.ACCEPTED) {
      entry.status = Status.ACCEPTED;
      entry.updatedAt = entry.draft.acceptedAt();
      transitions.addAll(emit(entry, now));
    }
    entry.status = status;
    entry.result = result;
    entry.updatedAt = now;
    entry.source = source;
    entry.lastTransitions = emit(entry, now);
    transitions.addAll(entry.lastTransitions);
    return Future.succeededFuture(new Change(true, transitions));
  }

  @Override
  public synchronized Future<Swept> sweep(int shard, long now, int limit) {
    List<Transition> transitions = new ArrayList<>();
    char digit = CommandIds.digit(shard);
    long waiting = 0;
    int expired = 0;
    for (Entry entry : entries.values()) {
      if (entry.status != Status.ACCEPTED || CommandIds.shardDigit(entry.draft.id()) != digit) {
        continue;
      }
      if (expired < limit && entry.draft.deadline() + config.expiryGrace().toMillis() < now) {
        expired++;
        entry.status = Status.EXPIRED;
        entry.updatedAt = now;
        transitions.addAll(emit(entry, now));
      } else {
        waiting++;
      }
    }
    return Future.succeededFuture(new Swept(transitions, waiting));
  }

  @Override
  public synchronized Future<Found> find(String id, String consumer) {
    Entry entry = entries.get(id);
    if (entry == null || entry.status == null || !entry.draft.consumer().equals(consumer)) {
      return Future.succeededFuture(new Found(null));
    }
    return Future.succeededFuture(new Found(entry.stored()));
  }

  @Override
  public synchronized Future<PrivateEvents> readPrivate(ReadPrivate asked, long now) {
    long notBefore = now - config.privateRetention().toMillis();
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

  private List<Transition> emit(Entry entry, long now) {
    Draft draft = entry.draft;
    long notBefore = now - config.privateRetention().toMillis();
    Stored record = entry.stored();
    Transition requests =
        stream(draft.consumer(), REQUESTS).append(record, notBefore, config.privateLimit());
    if (draft.channel().equals(REQUESTS)) {
      return List.of(requests);
    }
    return List.of(
        requests,
        stream(draft.consumer(), draft.channel()).append(record, notBefore, config.privateLimit()));
  }

  private PrivateStream stream(String consumer, String channel) {
    return streams.computeIfAbsent(
        new Key(consumer, channel),
        key -> new PrivateStream(consumer, channel, UUID.randomUUID().toString().substring(0, 8)));
  }

  /** Oldest first, so it stops at the first that is young enough. */
  private void forgetOld(long now) {
    long before = now - config.records().toMillis();
    Iterator<Entry> oldest = entries.values().iterator();
    while (oldest.hasNext()) {
      if (oldest.next().created >= before && entries.size() <= MAX_RECORDS) {
        break;
      }
      oldest.remove();
    }
    Iterator<Held> oldestKey = keys.values().iterator();
    while (oldestKey.hasNext() && oldestKey.next().created < before) {
      oldestKey.remove();
    }
  }

  private record Key(String consumer, String name) {}

  private record Held(String id, String fingerprint, long created) {}

  private static final class Entry {
    final Draft draft;
    final long created;
    long leaseUntil;
    long updatedAt;
    @Nullable Status status; // null while it is being accepted
    @Nullable Result result;
    @Nullable String source;
    List<Transition> lastTransitions = List.of();

    Entry(Draft draft, long created) {
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
