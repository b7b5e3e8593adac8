package dev.tidegate.stream.session;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Commands;
import dev.tidegate.bus.Commands.Find;
import dev.tidegate.bus.Commands.Found;
import dev.tidegate.bus.Commands.Stored;
import dev.tidegate.policy.Identity;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.Refusal;
import dev.tidegate.stream.protocol.Replies;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;

/**
 * Answers a client that has lost sight of a request: its record, from COMMAND, as {@code GET
 * /v1/requests/{id}} shows it. What somebody else's request is called, or that there is one, nobody
 * learns.
 */
public final class Lookups {
  /** At the same time, of one session: so much of COMMAND, when it is slow, one client can hold. */
  static final int MOST = 16;

  private static final Duration ANSWER = Duration.ofSeconds(5);

  private final Bus bus;
  private final Replies replies;

  public Lookups(Bus bus, Replies replies) {
    this.bus = bus;
    this.replies = replies;
  }

  void find(Session session, Op.FindRequest op) throws Refusal {
    Identity identity = session.identity();
    if (identity == null) {
      throw new Refusal(Refusal.UNAUTHENTICATED, "request: log in first");
    }
    if (session.conduct.finding >= MOST) {
      throw new Refusal(
          Refusal.LIMIT, "request: more than " + MOST + " at the same time on this connection");
    }
    session.conduct.finding++;
    bus.askNear(Commands.FIND, new Find(op.request(), identity.consumer()), Found.class, ANSWER)
        .onComplete(
            found -> {
              session.conduct.finding--;
              found(session, op, found);
            },
            failure -> {
              session.conduct.finding--;
              refuse(session, op, new Refusal(Refusal.UNAVAILABLE, "request: " + why(failure)));
            });
  }

  /** What a session that has ended meanwhile is told goes nowhere. */
  private void found(Session session, Op.FindRequest op, Found found) {
    Stored record = found.record();
    if (record == null) {
      refuse(session, op, new Refusal(Refusal.UNKNOWN_REQUEST, "request: there is no such one"));
    } else {
      session.control(replies.request(op.id(), record));
    }
  }

  private void refuse(Session session, Op.FindRequest op, Refusal refusal) {
    session.control(replies.error(refusal.answering("request", op.id())));
  }

  private static String why(Throwable failure) {
    ReplyFailure type =
        failure instanceof ReplyException reply ? reply.failureType() : ReplyFailure.ERROR;
    return switch (type) {
      case NO_HANDLERS -> "the command service is not running";
      case TIMEOUT -> "the command service did not answer in time";
      default -> "records cannot be read now";
    };
  }
}
