package dev.tidegate.command;

import dev.tidegate.bus.Commands.Accepted;
import dev.tidegate.bus.Commands.Receipt;
import dev.tidegate.bus.Commands.Refused;
import dev.tidegate.bus.Commands.Status;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.bus.Commands.Submit;
import dev.tidegate.command.log.CommandLog;
import dev.tidegate.command.log.CommandLog.Position;
import dev.tidegate.command.log.CommandRecords;
import dev.tidegate.command.log.LogUnavailable;
import dev.tidegate.command.state.CommandIds;
import dev.tidegate.command.state.CommandState;
import dev.tidegate.command.state.CommandState.Begun;
import dev.tidegate.command.state.CommandState.Draft;
import dev.tidegate.loop.Loop;
import dev.tidegate.problem.Outcome;
import dev.tidegate.problem.Problem;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a request durable, then says so: take the idempotency key and a lease, append, record. For
 * one event loop.
 *
 * <p>What may break in between, and why nothing is half accepted: before the append is confirmed
 * nobody has been told anything, and the attempt is released, or its lease ends; the next attempt
 * with the same key goes on under the <em>same id</em> as soon as any attempt before it may have
 * reached the log, so that the log may hold it twice but a worker, which de-duplicates by id, runs
 * it once. A repeated key is looked up even while the log is away: what was accepted is answered
 * again, and nobody is told "never sent" whose first attempt may have been. After the append is
 * confirmed the command will run, so the answer is 202 even if the store cannot be told now; {@link
 * Unrecorded} tells it when it is back, and a result that overtakes does the same.
 */
final class Acceptance {
  private static final Logger logger = LoggerFactory.getLogger(Acceptance.class);
  private static final int MAX_KEY = 255;
  private static final long FIRST_WAIT = 10; // milliseconds
  private static final long MAX_WAIT = 200;

  private final CommandConfig config;
  private final CommandLog log;
  private final CommandState state;
  private final Outcomes outcomes;
  private final Unrecorded unrecorded;
  private final Loop loop;
  private final CommandIds ids;
  private final Fingerprint fingerprint = new Fingerprint();
  private final CommandMeters meters;
  private int inFlight;

  Acceptance(
      CommandConfig config,
      CommandLog log,
      CommandState state,
      Outcomes outcomes,
      Loop loop,
      CommandMeters meters,
      RandomGenerator random) {
    this.config = config;
    this.log = log;
    this.state = state;
    this.outcomes = outcomes;
    this.loop = loop;
    this.meters = meters;
    this.ids = new CommandIds(loop::millis, random);
    this.unrecorded = new Unrecorded(state, outcomes, loop, 10 * config.maxInFlight());
  }

  /** Never fails: what goes wrong is a {@link Refused}. */
  Future<Receipt> submit(Submit s) {
    Refused refused = refusal(s);
    if (refused != null) {
      meters.refused(refused.problem());
      return Future.succeededFuture(refused);
    }
    inFlight++;
    long started = loop.nanos();
    String key = s.idempotencyKey();
    Draft draft =
        new Draft(
            ids.next(s.consumer()),
            s.consumer(),
            s.channel(),
            key,
            key == null ? "" : fingerprint.of(s),
            loop.millis(),
            s.deadline());
    return begin(s, draft, FIRST_WAIT)
        .otherwise(Acceptance::unexpected)
        .onSuccess(
            receipt -> {
              inFlight--;
              meters.answered(receipt, loop.nanos() - started);
            });
  }

  /** Succeeds when nothing is in flight any more, or after the time that an answer may take. */
  Future<Void> drained() {
    return drained(loop.millis() + config.lease().toMillis());
  }

  private Future<Void> drained(long until) {
    if ((inFlight == 0 && unrecorded.size() == 0) || loop.millis() >= until) {
      return Future.succeededFuture();
    }
    Promise<Void> later = Promise.promise();
    loop.after(Duration.ofMillis(FIRST_WAIT), later::complete);
    return later.future().compose(v -> drained(until));
  }

  int inFlight() {
    return inFlight;
  }

  int unrecorded() {
    return unrecorded.size();
  }

  private @Nullable Refused refusal(Submit s) {
    String key = s.idempotencyKey();
    if (inFlight >= config.maxInFlight()) {
      return refused(
          Problem.OVERLOADED, "too many commands are being accepted", Outcome.NEVER_SENT, 1);
    }
    if (!log.available() && key == null) {
      return refused(Problem.COMMAND_LOG_UNAVAILABLE, "the log is away", Outcome.NEVER_SENT, 1);
    }
    if (!state.available()) {
      return refused(Problem.STATE_UNAVAILABLE, "the state store is away", Outcome.NEVER_SENT, 1);
    }
    if (s.body().length > config.maxBody()) {
      String detail = "body: " + s.body().length + " bytes (expected at most " + config.maxBody();
      return refused(Problem.BODY_TOO_LARGE, detail + ")", Outcome.NEVER_SENT, 0);
    }
    if (key != null && (key.isEmpty() || key.length() > MAX_KEY)) {
      String detail = "Idempotency-Key: " + key.length() + " characters (expected 1..255)";
      return refused(Problem.BAD_REQUEST, detail, Outcome.NEVER_SENT, 0);
    }
    if (s.body().length > 0 && CommandRecords.isJson(s.contentType())) {
      String fault = CommandRecords.malformed(s.body());
      return fault == null ? null : refused(Problem.INVALID_COMMAND, fault, Outcome.NEVER_SENT, 0);
    }
    return null;
  }

  private Future<Receipt> begin(Submit s, Draft draft, long wait) {
    return state
        .begin(draft, loop.millis())
        .compose(
            begun -> proceed(s, draft, begun, wait),
            e ->
                Future.succeededFuture(
                    refused(
                        Problem.STATE_UNAVAILABLE, "no answer in time", Outcome.NEVER_SENT, 1)));
  }

  private Future<Receipt> proceed(Submit s, Draft draft, Begun begun, long wait) {
    return switch (begun) {
      case CommandState.Proceed p -> append(s, draft.withId(p.id()), p.again());
      case CommandState.Replay r -> Future.succeededFuture(new Accepted(r.first(), true));
      case CommandState.InProgress busy -> waitFor(s, draft, busy, wait);
      case CommandState.KeyReused reused ->
          Future.succeededFuture(
              refused(
                  Problem.IDEMPOTENCY_KEY_REUSED,
                  "the key came with another body",
                  Outcome.NEVER_SENT,
                  0));
    };
  }

  /** Twins that arrive together should get the same answer, so the second waits for the first. */
  private Future<Receipt> waitFor(Submit s, Draft draft, CommandState.InProgress busy, long wait) {
    long waited = loop.millis() - draft.acceptedAt();
    if (waited > config.lease().toMillis() * 4 / 5) { // well before it would take the lease over
      int seconds = (int) (busy.forMillis() / 1000) + 1;
      return Future.succeededFuture(
          refused(
              Problem.IDEMPOTENCY_KEY_IN_USE,
              "the first request is not done",
              Outcome.UNKNOWN,
              seconds));
    }
    Promise<Void> later = Promise.promise();
    loop.after(Duration.ofMillis(wait), later::complete);
    return later.future().compose(v -> begin(s, draft, Math.min(2 * wait, MAX_WAIT)));
  }

  private Future<Receipt> append(Submit s, Draft draft, boolean again) {
    byte[] value = CommandRecords.command(draft.id(), s, draft.acceptedAt());
    return log.append(s.topic(), s.account(), value)
        .compose(at -> record(draft, at), e -> giveUp(draft, again, e));
  }

  private Future<Receipt> record(Draft draft, Position at) {
    long acceptedAt = draft.acceptedAt();
    Stored first =
        new Stored(draft.id(), draft.consumer(), Status.ACCEPTED, acceptedAt, acceptedAt, null);
    return state
        .accepted(draft, at, loop.millis())
        .map(
            change -> {
              outcomes.publish(change);
              return (Receipt) new Accepted(first, false);
            })
        .otherwise(
            e -> {
              unrecorded.add(draft, at);
              return new Accepted(first, false);
            });
  }

  private Future<Receipt> giveUp(Draft draft, boolean again, Throwable e) {
    boolean neverSent = e instanceof LogUnavailable unavailable && unavailable.neverSent();
    Outcome outcome = neverSent && !again ? Outcome.NEVER_SENT : Outcome.UNKNOWN;
    // If the store does not hear of it, the lease ends by itself.
    return state
        .release(draft, neverSent)
        .transform(
            done ->
                Future.succeededFuture(
                    refused(
                        Problem.COMMAND_LOG_UNAVAILABLE,
                        "the log did not confirm the command",
                        outcome,
                        1)));
  }

  private static Receipt unexpected(Throwable e) {
    logger.atError().setCause(e).log("a command could not be accepted");
    return refused(Problem.INTERNAL, "the command could not be accepted", Outcome.UNKNOWN, 0);
  }

  private static Refused refused(Problem problem, String detail, Outcome outcome, int retryAfter) {
    return new Refused(problem, detail, outcome, retryAfter);
  }
}
