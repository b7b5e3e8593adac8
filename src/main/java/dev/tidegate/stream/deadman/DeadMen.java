package dev.tidegate.stream.deadman;

import dev.tidegate.bus.Armings;
import dev.tidegate.bus.Armings.Armed;
import dev.tidegate.bus.Armings.Done;
import dev.tidegate.bus.Armings.Said;
import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Commands;
import dev.tidegate.bus.Commands.Receipt;
import dev.tidegate.bus.Commands.Submit;
import dev.tidegate.json.JsonWriter;
import dev.tidegate.loop.Loop;
import dev.tidegate.policy.Identity;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.observe.StreamMeters;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.Refusal;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.session.Protocol;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Sessions;
import dev.tidegate.stream.socket.Outlet;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cancel on disconnect: a session arms it, and when the session is gone for its grace period a
 * command cancels the account's orders, unless the consumer has come back and armed it again. The
 * {@link Roster} remembers and decides, on every node; this is an instance's part in it. The
 * command's idempotency key is the session's, so that it is accepted once, whoever submits it.
 */
public final class DeadMen implements Roster.Out, Protocol.Arming {
  private static final Logger log = LoggerFactory.getLogger(DeadMen.class);
  private static final Duration ANSWER = Duration.ofSeconds(5);

  /** A session that is asked for a sign has this long to give one. */
  private static final long SIGN = 5_000_000_000L;

  private final @Nullable CancelCommand command;
  private final int instance;
  private final Roster roster;
  private final Sessions sessions;
  private final Loop loop;
  private final Bus bus;
  private final Replies replies;
  private final StreamMeters meters;
  private final Map<String, Asked> asked = new HashMap<>();

  /** A session that is asked for a sign: how much of what was written had left, and since when. */
  private static final class Asked {
    private long left;
    private long movedAt;

    Asked(long left, long now) {
      this.left = left;
      this.movedAt = now;
    }

    long movedAt(long leftNow, long now) {
      if (leftNow > left) {
        left = leftNow;
        movedAt = now;
      }
      return movedAt;
    }
  }

  /**
   * @param command what is submitted; null where nothing can be armed
   * @param instance the number of this one on its node
   */
  public DeadMen(
      @Nullable CancelCommand command,
      int instance,
      Roster roster,
      Sessions sessions,
      Loop loop,
      Bus bus,
      Replies replies,
      StreamMeters meters) {
    this.command = command;
    this.instance = instance;
    this.roster = roster;
    this.sessions = sessions;
    this.loop = loop;
    this.bus = bus;
    this.replies = replies;
    this.meters = meters;
  }

  /** Begins to hear what the other nodes have armed. */
  public void start() {
    roster.join(instance, loop.nanos());
    bus.hear(Armings.SAID, this::heard);
    turn();
  }

  /** Leaves the watch to the other instances, or the other nodes. */
  public void stop() {
    roster.leave(instance, this);
  }

  @Override
  public void arm(Session session, Op.CancelOnDisconnect op) throws Refusal {
    Identity identity = session.identity();
    if (identity == null) {
      throw new Refusal(Refusal.UNAUTHENTICATED, "cancelOnDisconnect: log in first");
    }
    if (command == null) {
      throw new Refusal(Refusal.UNAVAILABLE, "cancelOnDisconnect: not configured here");
    }
    String account = op.account() == null ? identity.account() : op.account();
    if (!account.equals(identity.account())) {
      throw new Refusal(Refusal.NOT_ENTITLED, "account: not yours");
    }
    Armed armed = new Armed(session.id, identity.consumer(), account, op.grace(), loop.millis());
    long now = loop.nanos();
    String replaces = op.replaces();
    if (replaces != null && !replaces.equals(session.id)) {
      roster.replaced(new Armed(replaces, identity.consumer(), account, 0, armed.armedAt()), this);
    }
    if (!op.enabled()) {
      roster.disarm(armed, now, this);
    } else if (!roster.arm(armed, now, this)) {
      throw new Refusal(Refusal.LIMIT, "cancelOnDisconnect: too many are armed on this node");
    }
    session.armed(op.enabled());
    session.control(replies.cancelOnDisconnect(op.id(), op.enabled(), op.grace()));
  }

  @Override
  public void ended(Session session) {
    if (session.armed()) {
      roster.ended(session.id, loop.nanos(), this);
    }
  }

  /** A few times a second. */
  public void turn() {
    Map<String, Long> suspects = roster.replacedHere();
    if (suspects != null) {
      asked.keySet().retainAll(suspects.keySet());
      suspects.forEach(this::listen);
    } else if (!asked.isEmpty()) {
      asked.clear();
    }
    long now = loop.nanos();
    boolean leads = roster.leads(instance, now);
    if (leads) {
      roster.turn(now, this);
    }
    meters.armed(leads ? roster.size() : 0);
  }

  private void listen(String id, long since) {
    Session session = sessions.byId(id);
    if (session == null) {
      return;
    }
    long now = loop.nanos();
    Outlet outlet = session.outlet;
    Asked one = asked.computeIfAbsent(id, k -> new Asked(session.left(), now));
    long movedAt = one.movedAt(session.left(), now);
    // While bytes leave, the ping is on its way behind them.
    boolean arrives = outlet.pending() == 0 || loop.silence(movedAt) > SIGN;
    if (outlet.heardAt() > since) {
      roster.heard(id, this);
    } else {
      outlet.check(now, 0, arrives && loop.silence(since) > SIGN ? 0 : Long.MAX_VALUE);
    }
  }

  private void heard(Said said) {
    if (said instanceof Done done) {
      fence(done.session());
    }
    long now = loop.nanos();
    if (roster.leads(instance, now)) {
      roster.hear(said, now, this);
    }
  }

  /** The others took this node for gone while the session was on it. */
  private void fence(String id) {
    Session session = sessions.byId(id);
    if (session != null && session.armed()) {
      session.armed(false);
      log.warn("event=cancelled-while-away consumer={} session={}", session.consumer(), id);
      session.control(
          replies.notice("cancel-on-disconnect", "this node was taken for gone; cancelled"));
      session.close(CloseCode.CANCELLED, "node was taken for gone, orders are cancelled");
    }
  }

  @Override
  public void say(Said said) {
    bus.publish(Armings.SAID, said);
  }

  @Override
  public void cancel(Armed armed) {
    CancelCommand rule = command;
    if (rule == null) {
      roster.failed(armed.session(), loop.nanos());
      return;
    }
    bus.askNear(Commands.SUBMIT, command(rule, armed), Receipt.class, ANSWER)
        .onComplete(receipt -> answered(armed, receipt.result(), receipt.cause()));
  }

  private Submit command(CancelCommand rule, Armed armed) {
    byte[] body =
        new JsonWriter()
            .object()
            .field("reason", "disconnect")
            .field("session", armed.session())
            .end()
            .toBytes();
    return new Submit(
        armed.consumer(),
        armed.account(),
        rule.route(),
        rule.topic(),
        "orders",
        "DELETE",
        rule.path(),
        "cancel-on-disconnect-" + armed.session(),
        List.of(),
        "application/json",
        body,
        loop.millis() + 60_000);
  }

  private void answered(Armed armed, Receipt receipt, Throwable failure) {
    if (receipt instanceof Commands.Accepted accepted) {
      roster.accepted(armed.session(), this);
      if (!accepted.replayed()) {
        meters.cancelled();
        log.info(
            "event=cancel-on-disconnect consumer={} session={}", armed.consumer(), armed.session());
      }
    } else {
      roster.failed(armed.session(), loop.nanos());
      log.debug(
          "event=cancel-on-disconnect-retried session={} cause={}",
          armed.session(),
          failure == null ? receipt : failure.getMessage());
    }
  }

  @Override
  public void lost(Armed armed) {
    meters.cancelFailed();
    log.error(
        "event=cancel-on-disconnect-failed consumer={} session={}",
        armed.consumer(),
        armed.session());
  }
}
