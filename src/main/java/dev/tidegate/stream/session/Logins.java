package dev.tidegate.stream.session;

import dev.tidegate.policy.Authenticator;
import dev.tidegate.policy.Identity;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.observe.StreamMeters;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.protocol.Refusal;
import dev.tidegate.stream.protocol.Replies;
import java.util.ArrayList;
import java.util.List;

/** Learns in band who a client is, at first or anew, and holds the session to what that allows. */
public final class Logins {
  /** So many signatures that are refused end a session. */
  private static final int MOST_REFUSED = 20;

  private final Authenticator authenticator;
  private final Bans bans;
  private final Tiers tiers;
  private final Census census;
  private final Subscriptions subscriptions;
  private final Replies replies;
  private final StreamMeters meters;

  public Logins(
      Authenticator authenticator,
      Bans bans,
      Tiers tiers,
      Census census,
      Subscriptions subscriptions,
      Replies replies,
      StreamMeters meters) {
    this.authenticator = authenticator;
    this.bans = bans;
    this.tiers = tiers;
    this.census = census;
    this.subscriptions = subscriptions;
    this.replies = replies;
    this.meters = meters;
  }

  void login(Session session, Op.Login login) throws Refusal {
    Authenticator.Verdict verdict = verdict(session, login);
    Identity identity = verdict.identity();
    if (identity == null) {
      meters.refused(StreamMeters.Refused.CREDENTIALS);
      // To check a signature costs more than to make one up.
      if (login.signature() != null && session.conduct.signatureRefused() >= MOST_REFUSED) {
        session.close(CloseCode.UNAUTHENTICATED, "login: too many signatures were refused");
      }
      throw new Refusal(Refusal.UNAUTHENTICATED, "login: " + verdict.refusal());
    }
    boolean first = session.identity() == null;
    if (!first && !session.consumer().equals(identity.consumer())) {
      throw new Refusal(Refusal.BAD_REQUEST, "login: the session belongs to another consumer");
    }
    String banned = bans.refusal(identity);
    if (banned != null) {
      session.close(CloseCode.BANNED, banned);
      return;
    }
    Tier tier = tiers.of(identity.tier());
    if (first && !census.enter(Census.user(identity.consumer()), tier.connectionsPerUser())) {
      throw new Refusal(
          Refusal.LIMIT, "connections: more than " + tier.connectionsPerUser() + " for this user");
    }
    session.belongsTo(identity, tier);
    session.control(replies.loggedIn(login.id(), identity.consumer(), identity.expires()));
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
      if (!session.tier().allows(key)) {
        lost.add(key);
      }
    }
    subscriptions.remove(session, lost);
    for (Op.Key key : lost) {
      String what = key.name() + " " + key.symbol() + ": no longer allowed";
      session.control(replies.notice("not-entitled", what));
    }
    subscriptions.expandAll(session);
  }
}
