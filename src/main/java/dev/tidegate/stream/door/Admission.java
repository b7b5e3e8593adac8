package dev.tidegate.stream.door;

import dev.tidegate.loop.Loop;
import dev.tidegate.net.TrustedProxies;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.policy.ClientCertificate;
import dev.tidegate.policy.Identity;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.problem.Problem;
import dev.tidegate.stream.observe.StreamMeters;
import dev.tidegate.stream.observe.StreamMeters.Refused;
import dev.tidegate.stream.session.Bans;
import dev.tidegate.stream.session.Census;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Tier;
import dev.tidegate.stream.session.Tiers;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides who is let in, in this order: a good credential or none, no ban, no reconnecting in a
 * loop, no more connections than the tier allows. Who is let in is counted until it has {@link
 * #left}.
 */
public final class Admission {
  private static final Logger log = LoggerFactory.getLogger(Admission.class);

  private final TrustedProxies proxies;
  private final Authenticator authenticator;
  private final Bans bans;
  private final Tiers tiers;
  private final Census census;
  private final ReconnectStorms storms;
  private final Storm storm;
  private final StreamMeters meters;
  private final Loop loop;

  public Admission(
      TrustedProxies proxies,
      Authenticator authenticator,
      Bans bans,
      Tiers tiers,
      Census census,
      ReconnectStorms storms,
      Storm storm,
      StreamMeters meters,
      Loop loop) {
    this.proxies = proxies;
    this.authenticator = authenticator;
    this.bans = bans;
    this.tiers = tiers;
    this.census = census;
    this.storms = storms;
    this.storm = storm;
    this.meters = meters;
    this.loop = loop;
  }

  /**
   * Somebody who is let in.
   *
   * @param who the user or the address that counts as coming and going
   * @param verdict whether it stays, or is let in only to be told why not
   */
  record Guest(
      String address,
      String who,
      @Nullable Identity identity,
      Tier tier,
      ReconnectStorms.Verdict verdict) {
    boolean stays() {
      return verdict.answer() == ReconnectStorms.Answer.WELCOME;
    }
  }

  /** Why nobody from the request's address is let in; null when they are. */
  @Nullable String banned(HttpServerRequest request) {
    return bans.refusal(address(request));
  }

  /** Lets in, or throws what the request is to be answered with. */
  Guest admit(HttpServerRequest request) throws NotAdmitted {
    Authenticator.@Nullable Verdict credential = credential(request);
    Identity identity = credential == null ? null : credential.identity();
    if (credential != null && identity == null) {
      meters.refused(Refused.CREDENTIALS);
      throw new NotAdmitted(Problem.UNAUTHENTICATED, String.valueOf(credential.refusal()));
    }
    String banned = bans.refusal(identity);
    if (banned != null) {
      throw new NotAdmitted(Problem.BANNED, banned);
    }
    String address = address(request);
    String who = identity == null ? address : Census.user(identity.consumer());
    Tier tier = tiers.of(identity == null ? Tier.ANONYMOUS : identity.tier());
    ReconnectStorms.Verdict verdict = storms.arrive(who, storm, loop.millis());
    Guest guest = new Guest(address, who, identity, tier, verdict);
    if (!guest.stays()) {
      note(guest);
    }
    count(guest);
    return guest;
  }

  /** What the request's credential is worth; null when it has none. */
  private Authenticator.@Nullable Verdict credential(HttpServerRequest request) {
    String key = request.getHeader("X-API-Key");
    if (key != null) {
      return authenticator.apiKey(key);
    }
    String authorization = request.getHeader("Authorization");
    if (authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return authenticator.bearer(authorization.substring(7).trim());
    }
    String token = Parameter.TOKEN.of(request);
    if (token != null) {
      return authenticator.bearer(token);
    }
    ClientCertificate shown =
        request.isSSL() ? ClientCertificate.of(request.connection().sslSession()) : null;
    return shown == null ? null : authenticator.certificate(shown);
  }

  private String address(HttpServerRequest request) {
    String peer = request.remoteAddress().hostAddress();
    return peer == null ? "" : proxies.caller(request.headers(), peer);
  }

  /** It comes back again and again. */
  private void note(Guest guest) throws NotAdmitted {
    ReconnectStorms.Verdict verdict = guest.verdict();
    boolean refused = verdict.answer() == ReconnectStorms.Answer.REFUSE;
    meters.loop(refused);
    if (verdict.log()) {
      log.warn(
          "event=reconnect-loop who={} ended={} refused={} retryAfter={}",
          guest.who(),
          verdict.ended(),
          refused,
          verdict.retryAfter());
    }
    if (refused) {
      meters.refused(Refused.STORM);
      String seconds = Long.toString((verdict.retryAfter() + 999) / 1000);
      throw new NotAdmitted(Problem.RATE_LIMITED, tooOften(guest), Map.of("Retry-After", seconds));
    }
  }

  /** What somebody is told who reconnects in a loop. */
  String tooOften(Guest guest) {
    return "reconnecting too often: "
        + guest.verdict().ended()
        + " sessions ended within "
        + storm.within().toSeconds()
        + " s";
  }

  /** Whoever is let in only to be told to go is counted, and held to no limit. */
  private void count(Guest guest) throws NotAdmitted {
    Tier tier = guest.tier();
    int most = guest.stays() ? tier.connectionsPerAddress() : 0;
    if (!census.enter(guest.address(), most)) {
      throw tooMany(guest, Refused.CONNECTIONS_PER_ADDRESS, most + " from this address");
    }
    int mostOfUser = guest.stays() ? tier.connectionsPerUser() : 0;
    if (guest.identity() != null && !census.enter(guest.who(), mostOfUser)) {
      census.leave(guest.address());
      throw tooMany(guest, Refused.CONNECTIONS_PER_USER, mostOfUser + " for this user");
    }
  }

  private NotAdmitted tooMany(Guest guest, Refused cause, String most) {
    meters.refused(cause);
    // It was no session, and no short one either: a limit is not a loop.
    storms.left(guest.who(), false, storm, loop.millis());
    return new NotAdmitted(
        Problem.TOO_MANY_CONNECTIONS, "connections: more than " + most, Map.of("Retry-After", "5"));
  }

  /** The session of somebody who was let in has ended. */
  void left(Guest guest, Session session) {
    census.leave(guest.address());
    goodbye(guest, session);
    if (session.identity() != null) {
      census.leave(Census.user(session.consumer()));
    }
  }

  /** Sessions that we sent away through no fault of theirs are nobody's loop. */
  private void goodbye(Guest guest, Session session) {
    CloseCode why = session.closedWith();
    if (why != CloseCode.STORM) {
      boolean ours =
          why == CloseCode.DRAIN || why == CloseCode.FEED_LOST || why == CloseCode.CANCELLED;
      long now = loop.millis();
      boolean brief = !ours && now - session.openedAt < storm.within().toMillis();
      storms.left(guest.who(), brief, storm, now);
    }
  }
}
