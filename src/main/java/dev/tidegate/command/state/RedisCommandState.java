package dev.tidegate.command.state;

import dev.tidegate.bus.Commands;
import dev.tidegate.bus.Commands.Found;
import dev.tidegate.bus.Commands.PrivateEvents;
import dev.tidegate.bus.Commands.ReadPrivate;
import dev.tidegate.bus.Commands.Result;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Transition;
import dev.tidegate.command.log.CommandLog.Position;
import dev.tidegate.redis.RedisLink;
import dev.tidegate.redis.RedisScript;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The state in Redis: one script per operation, all keys of a shard in one slot. For one event
 * loop.
 */
public final class RedisCommandState implements CommandState {
  /** What the link has to know. */
  public static final List<RedisScript> SCRIPTS = CommandScripts.ALL;

  /** As stored; the scripts know the numbers from 1 on. */
  private static final List<Status> STATUSES =
      List.of(Status.ACCEPTED, Status.PROCESSING, Status.COMPLETED, Status.FAILED, Status.EXPIRED);

  private final RedisLink link;
  private final RandomGenerator random;
  private final String recordTtl;
  private final String privateTtl;
  private final String privateLimit;
  private final long lease;
  private final long grace;

  public RedisCommandState(RedisLink link, Retention retention, RandomGenerator random) {
    this.link = link;
    this.random = random;
    this.recordTtl = Long.toString(retention.records());
    this.privateTtl = Long.toString(retention.privateStream());
    this.privateLimit = Integer.toString(retention.privateLimit());
    this.lease = retention.lease();
    this.grace = retention.expiryGrace();
  }

  @Override
  public Future<Begun> begin(Draft d, long now) {
    return run(
            CommandScripts.BEGIN,
            CommandIds.shardDigit(d.id()),
            now,
            d.id(),
            d.consumer(),
            d.channel(),
            key(d),
            d.fingerprint(),
            d.acceptedAt(),
            due(d),
            lease)
        .map(
            r ->
                switch (r.get(0).toString()) {
                  case "proceed" -> new Proceed(r.get(1).toString(), number(r, 2) == 1);
                  case "replay" -> new Replay(first(d, r.get(1).toString(), number(r, 2)));
                  case "busy" -> new InProgress(number(r, 2));
                  case "reused" -> new KeyReused();
                  default -> throw new IllegalStateException("begin: " + r);
                });
  }

  @Override
  public Future<Effect> accepted(Draft d, Position at, long now) {
    String position = at.topic() + ":" + at.partition() + ":" + at.offset();
    return run(
            CommandScripts.ACCEPTED,
            CommandIds.shardDigit(d.id()),
            now,
            d.id(),
            d.consumer(),
            d.channel(),
            key(d),
            d.fingerprint(),
            d.acceptedAt(),
            due(d),
            position)
        .map(r -> change(d.id(), null, r));
  }

  private long due(Draft d) {
    return d.deadline() > Long.MAX_VALUE / 2 ? d.deadline() : d.deadline() + grace;
  }

  @Override
  public Future<Void> release(Draft d, boolean neverSent) {
    return run(
            CommandScripts.RELEASE,
            CommandIds.shardDigit(d.id()),
            0,
            d.id(),
            d.consumer(),
            key(d),
            neverSent ? "1" : "0")
        .mapEmpty();
  }

  @Override
  public Future<Effect> transition(
      String id, Status status, @Nullable Result result, String source, long now) {
    if (!CommandIds.isValid(id)) {
      return Future.succeededFuture(Effect.UNKNOWN);
    }
    return run(
            CommandScripts.TRANSITION,
            CommandIds.shardDigit(id),
            now,
            id,
            STATUSES.indexOf(status) + 1L,
            source,
            result == null ? "" : (Object) (long) result.status(),
            result == null ? "" : result.body())
        .map(r -> r.size() == 0 ? Effect.UNKNOWN : change(id, result, r));
  }

  @Override
  public Future<Swept> sweep(int shard, long now, int limit) {
    return run(CommandScripts.SWEEP, CommandIds.digit(shard), now, (long) limit)
        .map(
            r -> {
              List<Transition> transitions = new ArrayList<>();
              for (Response one : r.get(1)) {
                transitions.addAll(change(one.get(3).toString(), null, one).transitions());
              }
              return new Swept(transitions, number(r, 0));
            });
  }

  @Override
  public Future<Found> find(String id, String consumer) {
    if (!CommandIds.isValid(id)) {
      return Future.succeededFuture(new Found(null));
    }
    Request fields = Request.cmd(Command.HMGET).arg(base(CommandIds.shardDigit(id)) + "c:" + id);
    for (String field : List.of("s", "c", "a", "u", "rs", "rb")) {
      fields.arg(field);
    }
    return given(link.send(fields))
        .map(
            r -> {
              boolean visible =
                  r.get(0) != null
                      && (int) number(r, 0) > 0
                      && r.get(1).toString().equals(consumer);
              return new Found(visible ? stored(id, consumer, r) : null);
            });
  }

  @Override
  public Future<PrivateEvents> readPrivate(ReadPrivate asked, long now) {
    char shard = CommandIds.digit(Commands.shardOf(asked.consumer()));
    return run(
            CommandScripts.READ,
            shard,
            now,
            asked.consumer(),
            asked.channel(),
            asked.epoch() == null ? "" : asked.epoch(),
            asked.afterSeq(),
            (long) asked.limit())
        .map(
            r -> {
              String epoch = r.get(0).toString();
              List<Transition> transitions = new ArrayList<>();
              for (Response row : r.get(3)) {
                transitions.add(kept(asked, epoch, row));
              }
              return new PrivateEvents(epoch, number(r, 1), number(r, 2) == 1, transitions);
            });
  }

  @Override
  public boolean available() {
    return link.available();
  }

  @Override
  public String condition() {
    return link.condition();
  }

  @Override
  public Future<Void> close() {
    return link.close();
  }

  private Future<Response> run(RedisScript script, char shard, long now, Object... own) {
    Object[] all = new Object[7 + own.length];
    all[0] = base(shard);
    all[1] = now;
    all[2] = link.runId();
    all[3] = Long.toString(random.nextLong(1L << 40), 36);
    all[4] = recordTtl;
    all[5] = privateTtl;
    all[6] = privateLimit;
    System.arraycopy(own, 0, all, 7, own.length);
    return given(link.run(script, all));
  }

  /** None of our commands is answered with nil. */
  @SuppressWarnings("NullAway") // as said, and a step of its own would cost every command a future
  private static Future<Response> given(Future<@Nullable Response> answer) {
    return answer;
  }

  private static String base(char shard) {
    return "tidegate:{" + shard + "}:";
  }

  private static String key(Draft draft) {
    return draft.idempotencyKey() == null ? "" : draft.idempotencyKey();
  }

  private static Stored first(Draft draft, String id, long acceptedAt) {
    return new Stored(id, draft.consumer(), Status.ACCEPTED, acceptedAt, acceptedAt, null);
  }

  private static Effect change(String id, @Nullable Result result, Response r) {
    String consumer = r.get(0).toString();
    long acceptedAt = number(r, 1);
    List<Transition> transitions = new ArrayList<>(r.get(2).size());
    for (Response e : r.get(2)) {
      Status status = status(number(e, 3));
      Stored record =
          new Stored(
              id, consumer, status, acceptedAt, number(e, 4), status.isFinal() ? result : null);
      transitions.add(
          new Transition(consumer, e.get(0).toString(), e.get(1).toString(), number(e, 2), record));
    }
    return new Effect(true, transitions);
  }

  /** From s, c, a, u, rs, rb. */
  private static Stored stored(String id, String consumer, Response r) {
    return new Stored(
        id, consumer, status(number(r, 0)), number(r, 2), number(r, 3), result(r.get(4), r.get(5)));
  }

  /** From an entry of a stream: its id, and i, s, a, u, rs, rb each before its value. */
  private static Transition kept(ReadPrivate asked, String epoch, Response row) {
    String entry = row.get(0).toString();
    Response f = row.get(1);
    Stored record =
        new Stored(
            f.get(1).toString(),
            asked.consumer(),
            status(number(f, 3)),
            number(f, 5),
            number(f, 7),
            result(f.get(9), f.get(11)));
    long seq = Long.parseLong(entry.substring(0, entry.indexOf('-')));
    return new Transition(asked.consumer(), asked.channel(), epoch, seq, record);
  }

  private static @Nullable Result result(@Nullable Response status, @Nullable Response body) {
    if (status == null || body == null || status.toString().isEmpty()) {
      return null;
    }
    return new Result(Integer.parseInt(status.toString()), body.toBuffer().getBytes());
  }

  /** One that only a newer node knows lies beyond accepted, and may not be the last. */
  private static Status status(long number) {
    return number > STATUSES.size() ? Status.PROCESSING : STATUSES.get((int) number - 1);
  }

  private static long number(Response fields, int at) {
    return Long.parseLong(fields.get(at).toString());
  }
}
