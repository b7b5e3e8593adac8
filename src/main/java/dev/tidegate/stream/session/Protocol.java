package dev.tidegate.stream.session;

import dev.tidegate.loop.Loop;
import dev.tidegate.policy.Identity;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.observe.StreamMeters;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.OpReader;
import dev.tidegate.stream.protocol.Refusal;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.protocol.Token;
import org.jspecify.annotations.Nullable;

/** What each request of a client does. One of these serves all sessions of an instance. */
public final class Protocol {
  private static final int ABUSE = 20;

  private final Loop loop;
  private final Replies replies;
  private final StreamMeters meters;
  private final Logins logins;
  private final Subscriptions subscriptions;
  private final PrivateStreams privates;
  private final Lookups lookups;
  private final Heartbeats heartbeats;
  private final Arming arming;

  /** Cancel on disconnect. */
  public interface Arming {
    void arm(Session session, Op.CancelOnDisconnect op) throws Refusal;

    void ended(Session session);
  }

  public Protocol(
      Loop loop,
      Replies replies,
      StreamMeters meters,
      Logins logins,
      Subscriptions subscriptions,
      PrivateStreams privates,
      Lookups lookups,
      Heartbeats heartbeats,
      Arming arming) {
    this.loop = loop;
    this.replies = replies;
    this.meters = meters;
    this.logins = logins;
    this.subscriptions = subscriptions;
    this.privates = privates;
    this.lookups = lookups;
    this.heartbeats = heartbeats;
    this.arming = arming;
  }

  /** The first thing that a client hears. */
  public void welcome(Session session, String node) {
    session.control(replies.welcome(session.id, node));
  }

  /** The client is gone. */
  public void ended(Session session) {
    privates.leave(session);
    arming.ended(session);
    long now = loop.nanos();
    for (Subscription subscription : session.subscriptions()) {
      subscription.release(now);
    }
    session.ended();
  }

  /** A request in JSON. */
  public void message(Session session, byte[] bytes, int length) {
    message(session, Frames.TEXT, bytes, length);
  }

  /** A request in JSON, or in what the session has agreed to. */
  public void message(Session session, int opcode, byte[] bytes, int length) {
    if (!session.open()) {
      return;
    }
    int rate = session.tier().messagesPerSecond();
    if (!session.conduct.allows(rate, loop.nanos())) {
      Refusal limit = new Refusal(Refusal.LIMIT, "messages: more than " + rate + " a second");
      refuse(session, answering(limit, session, opcode, bytes, length));
      return;
    }
    try {
      handle(session, OpReader.read(session.dialect.codec(), opcode, bytes, length));
      session.conduct.calm();
    } catch (Refusal refusal) {
      refuse(session, refusal);
    }
  }

  /** A message that is not carried out is read all the same: the client wants to know which. */
  private static Refusal answering(
      Refusal limit, Session session, int opcode, byte[] bytes, int length) {
    try {
      Op op = OpReader.read(session.dialect.codec(), opcode, bytes, length);
      return limit.answering(name(op), op.id());
    } catch (Refusal unread) {
      return limit.answering(unread);
    }
  }

  private void refuse(Session session, Refusal refusal) {
    session.control(replies.error(refusal));
    if (refusal.code.equals(Refusal.LIMIT)) {
      meters.refused(StreamMeters.Refused.LIMIT);
    }
    boolean counts = refusal.nonsense() || refusal.code.equals(Refusal.LIMIT);
    if (counts && session.conduct.abused() >= ABUSE) {
      session.close(
          refusal.nonsense() ? CloseCode.BAD_PROTOCOL : CloseCode.LIMIT, refusal.detail());
    }
  }

  private void handle(Session session, Op op) throws Refusal {
    try {
      switch (op) {
        case Op.Ping ping -> session.control(replies.pong(ping.id()));
        case Op.Login login -> logins.login(session, login);
        case Op.Subscribe subscribe -> subscriptions.subscribe(session, subscribe);
        case Op.Unsubscribe unsubscribe -> subscriptions.unsubscribe(session, unsubscribe);
        case Op.Resume resume -> subscriptions.subscribe(session, Token.read(resume));
        case Op.TakeToken take -> token(session, take);
        case Op.CancelOnDisconnect cancel -> arming.arm(session, cancel);
        case Op.Heartbeat heartbeat -> heartbeats.set(session, heartbeat);
        case Op.FindRequest find -> lookups.find(session, find);
      }
    } catch (Refusal refusal) {
      throw refusal.answering(name(op), op.id());
    }
  }

  static String name(Op op) {
    return switch (op) {
      case Op.Ping ignored -> "ping";
      case Op.Login ignored -> "login";
      case Op.Subscribe ignored -> "subscribe";
      case Op.Unsubscribe ignored -> "unsubscribe";
      case Op.Resume ignored -> "resume";
      case Op.TakeToken ignored -> "token";
      case Op.CancelOnDisconnect ignored -> "cancelOnDisconnect";
      case Op.Heartbeat ignored -> "heartbeat";
      case Op.FindRequest ignored -> "request";
    };
  }

  private void token(Session session, Op.TakeToken take) throws Refusal {
    String token = Token.write(Cursors.of(session, privates));
    if (token == null) {
      throw new Refusal(
          Refusal.LIMIT,
          "token: more than " + Token.MOST + " characters; subscribe with since instead");
    }
    session.control(replies.token(take.id(), token));
  }

  /** Whether anything can be had by somebody who has not logged in. */
  static boolean needsIdentity(Op.Key key, @Nullable Identity identity) {
    return key.market() == null && identity == null;
  }
}
