package dev.tidegate.stream.session;

import dev.tidegate.policy.Authenticator;
import dev.tidegate.policy.Identity;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.Enforcement;
import dev.tidegate.stream.Hub;
import dev.tidegate.stream.StreamConfig;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.observe.StreamMeters;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.OpReader;
import dev.tidegate.stream.protocol.Refusal;
import dev.tidegate.stream.protocol.Token;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What each request of a client does. One of these serves all sessions of an instance. */
public final class Protocol {
  private static final int ABUSE = 20;

  private final Hub hub;
  private final Authenticator authenticator;
  private final Enforcement enforcement;
  private final Subscriptions subscriptions;
  private final Lookups lookups;

  public Protocol(Hub hub, Authenticator authenticator, Enforcement enforcement) {
    this.hub = hub;
    this.authenticator = authenticator;
    this.enforcement = enforcement;
    this.subscriptions = new Subscriptions(hub);
    this.lookups = new Lookups(hub);
  }

  public void opened(Session session) {
    session.control(hub.replies().welcome(session.id, hub.node));
  }

  /** A request in JSON. */
  public void message(Session session, byte[] bytes, int length) {
    message(session, Frames.TEXT, bytes, length);
  }

  /** A request in JSON, or in Protobuf from a session that has agreed to it. */
  public void message(Session session, int opcode, byte[] bytes, int length) {
    if (!session.open()) {
      return;
    }
    int rate = session.tier.messagesPerSecond();
    if (rate > 0 && !session.inbound.take(rate, hub.loop().nanos())) {
      refuse(session, new Refusal(Refusal.LIMIT, "messages: more than " + rate + " a second"));
      return;
    }
    try {
      boolean binary = opcode == Frames.BINARY;
      handle(session, binary ? OpReader.readBinary(bytes, length) : OpReader.read(bytes, length));
      session.calm();
    } catch (Refusal refusal) {
      refuse(session, refusal);
    }
  }

  private void refuse(Session session, Refusal refusal) {
    session.control(hub.replies().error(refusal));
    if (refusal.code.equals(Refusal.LIMIT)) {
      hub.meters().refused(StreamMeters.Refused.LIMIT);
    }
    boolean counts = refusal.nonsense() || refusal.code.equals(Refusal.LIMIT);
    if (counts && session.abused() >= ABUSE) {
      session.close(
          refusal.nonsense() ? CloseCode.BAD_PROTOCOL : CloseCode.LIMIT, refusal.detail());
    }
  }

  private void handle(Session session, Op op) throws Refusal {
    try {
      switch (op) {
        case Op.Ping ping -> session.control(hub.replies().pong(ping.id()));
        case Op.Login login -> login(session, login);
        case Op.Subscribe subscribe -> subscriptions.subscribe(session, subscribe);
        case Op.Unsubscribe unsubscribe -> subscriptions.unsubscribe(session, unsubscribe);
        case Op.Resume resume -> subscriptions.subscribe(session, Token.read(resume));
        case Op.TakeToken take -> token(session, take);
        case Op.CancelOnDisconnect cancel -> hub.deadMen().arm(session, cancel);
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
      case Op.FindRequest ignored -> "request";
    };
  }

  private void token(Session session, Op.TakeToken take) throws Refusal {
    String token = Token.write(Cursors.of(session, hub.privates()));
    if (token == null) {
      throw new Refusal(
          Refusal.LIMIT,
          "token: more than " + Token.MOST + " characters; subscribe with since instead");
    }
    session.control(hub.replies().token(take.id(), token));
  }

  private void login(Session session, Op.Login login) throws Refusal {
    Authenticator.Verdict verdict = verdict(session, login);
    Identity identity = verdict.identity();
    if (identity == null) {
      hub.meters().refused(StreamMeters.Refused.CREDENTIALS);
      // To check a signature costs more than to make one up.
      if (login.signature() != null && ++session.refusedSignatures >= ABUSE) {
        session.close(CloseCode.UNAUTHENTICATED, "login: too many signatures were refused");
      }
      throw new Refusal(Refusal.UNAUTHENTICATED, "login: " + verdict.refusal());
    }
    if (session.identity != null && !session.consumer().equals(identity.consumer())) {
      throw new Refusal(Refusal.BAD_REQUEST, "login: the session belongs to another consumer");
    }
    String banned = enforcement.refusal(identity);
    if (banned != null) {
      session.close(CloseCode.BANNED, banned);
      return;
    }
    boolean first = session.identity == null;
    StreamConfig.Tier tier = hub.tier(identity.tier());
    if (first && !hub.census().enter(Hub.user(identity.consumer()), tier.connectionsPerUser())) {
      throw new Refusal(
          Refusal.LIMIT, "connections: more than " + tier.connectionsPerUser() + " for this user");
    }
    session.identity = identity;
    session.tier = tier;
    session.control(hub.replies().loggedIn(login.id(), identity.consumer(), identity.expires()));
    dropWhatIsNoLongerAllowed(session);
  }

  private Authenticator.Verdict verdict(Session session, Op.Login login) {
    Op.Signature signed = login.signature();
    if (signed != null) {
      return authenticator.signature(
          new Authenticator.Signed(signed.key(), signed.time(), signed.value(), session.id));
    }
    String token = login.token();
    String key = login.apiKey();
    return token != null
        ? authenticator.bearer(token)
        : authenticator.apiKey(key == null ? "" : key);
  }

  private void dropWhatIsNoLongerAllowed(Session session) {
    List<Op.Key> lost = new ArrayList<>(0);
    for (Subscription subscription : session.subscriptions()) {
      Op.Key key = subscription.wanted.key();
      if (key.market() != null && !session.tier.mayFollow(key.name(), key.symbol())) {
        lost.add(key);
      }
    }
    subscriptions.remove(session, lost);
    for (Op.Key key : lost) {
      notice(session, "not-entitled", key.name() + " " + key.symbol() + ": no longer allowed");
    }
  }

  private void notice(Session session, String code, String detail) {
    session.control(hub.replies().notice(code, detail));
  }

  /** Whether anything can be had by somebody who has not logged in. */
  static boolean needsIdentity(Op.Key key, @Nullable Identity identity) {
    return key.market() == null && identity == null;
  }
}
