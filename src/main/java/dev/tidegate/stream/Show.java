package dev.tidegate.stream;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Operations.Shown;
import dev.tidegate.json.JsonWriter;
import dev.tidegate.loop.Loop;
import dev.tidegate.policy.Identity;
import dev.tidegate.stream.door.ReconnectStorms;
import dev.tidegate.stream.fanout.Cohort;
import dev.tidegate.stream.fanout.Fanout;
import dev.tidegate.stream.fanout.Ladder;
import dev.tidegate.stream.fanout.Lag;
import dev.tidegate.stream.fanout.Lane;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Sessions;
import dev.tidegate.stream.session.Subscription;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows operators who is connected and how each session is doing. */
final class Show {
  private static final int MOST = 1_000;

  /** At most so many of those who reconnect in a loop; they are the node's, not the instance's. */
  private static final int LOOPS = 100;

  private final String node;
  private final int instance;
  private final Bus bus;
  private final Loop loop;
  private final Sessions sessions;
  private final Fanout fanout;
  private final ReconnectStorms storms;

  Show(
      String node,
      int instance,
      Bus bus,
      Loop loop,
      Sessions sessions,
      Fanout fanout,
      ReconnectStorms storms) {
    this.node = node;
    this.instance = instance;
    this.bus = bus;
    this.loop = loop;
    this.sessions = sessions;
    this.fanout = fanout;
    this.storms = storms;
  }

  void start() {
    bus.hear(Operations.show("sessions"), this::answer);
  }

  private void answer(Operations.Show question) {
    String json = describe(question.id(), question.limit() <= 0 ? MOST : question.limit());
    bus.publish(
        Operations.shown(question.replyTo()), new Shown(node, Integer.toString(instance), json));
  }

  String describe(@Nullable String id, int limit) {
    List<Session> wanted = wanted(id);
    if (id != null && wanted.isEmpty()) {
      return "{}";
    }
    JsonWriter out = new JsonWriter(4096).object().field("sessions", sessions.count());
    out.field("cohorts", fanout.cohorts()).field("pressure", fanout.pressure().level());
    out.array("loops");
    for (ReconnectStorms.Offender one : storms.offenders(LOOPS, loop.millis())) {
      out.object().field("who", one.who()).field("strikes", one.strikes());
      out.field("retryAfter", one.millisLeft()).end();
    }
    int shown = Math.min(limit, wanted.size());
    out.end().field("shown", shown).array("list");
    for (int i = 0; i < shown; i++) {
      session(wanted.get(i), id != null, out);
    }
    return out.end().end().toString();
  }

  /** Those that wait longest for their socket come first. */
  private List<Session> wanted(@Nullable String id) {
    if (id != null) {
      Session one = sessions.byId(id);
      return one == null ? List.of() : List.of(one);
    }
    long now = loop.nanos();
    List<Session> all = new ArrayList<>(sessions.count());
    for (Session session : sessions.all()) {
      if (session.lag() != null) {
        all.add(session);
      }
    }
    all.sort(Comparator.comparingLong((Session session) -> -waiting(session, now)));
    for (Session session : sessions.all()) {
      if (session.lag() == null) {
        all.add(session);
      }
    }
    return all;
  }

  private static long waiting(Session session, long nanos) {
    Lag lag = session.lag();
    return lag == null ? 0 : lag.waiting(nanos);
  }

  private void session(Session session, boolean whole, JsonWriter out) {
    Lag lag = session.lag();
    long now = loop.nanos();
    int step = lag == null ? 0 : lag.step;
    Identity identity = session.identity();
    out.object()
        .field("session", session.id)
        .field("consumer", session.consumer())
        .field("credential", identity == null ? "" : identity.credential())
        .field("tier", session.tierName())
        .field("protocol", session.dialect.codec().protocol)
        .field("address", session.address)
        .field("openedAt", session.openedAt)
        .field("subscriptions", session.subscriptions().size())
        .field("pendingBytes", session.pending())
        .field("lagMillis", waiting(session, now) / 1_000_000)
        .field("dataAgeMillis", session.dataAge(loop.millis()))
        .field("step", step)
        .field("does", Ladder.describe(step))
        .field("why", why(session, now))
        .array("windows");
    for (Lane lane : session.lanes()) {
      Cohort cohort = lane.cohort;
      out.value(cohort == null ? lane.shape.window() : fanout.pressure().window(cohort.shape()));
    }
    out.end();
    if (whole) {
      out.array("channels");
      for (Subscription subscription : session.subscriptions()) {
        channel(subscription.wanted, out);
      }
      out.end();
    }
    out.end();
  }

  private static void channel(Op.Wanted wanted, JsonWriter out) {
    Op.Key key = wanted.key();
    out.object().field("channel", key.name()).field("symbol", key.symbol());
    if (key.depth() > 0) {
      out.field("depth", key.depth());
    }
    if (!key.interval().isEmpty()) {
      out.field("interval", key.interval());
    }
    out.field("window", wanted.window()).end();
  }

  /** What keeps the session from its data, or gives it less often than it asked for. */
  private String why(Session session, long nanos) {
    Lag lag = session.lag();
    if (lag != null && lag.waiting(nanos) > 0) {
      return "its socket has taken nothing for " + lag.waiting(nanos) / 1_000_000 + " ms";
    }
    if (session.limited(nanos)) {
      return "the frames a second of tier " + session.tierName();
    }
    if (lag != null) {
      return lag.step > 0 ? "its socket was full, and calm for " + lag.calm + " s" : "catching up";
    }
    for (Lane lane : session.lanes()) {
      Cohort cohort = lane.cohort;
      if (cohort != null && fanout.pressure().window(cohort.shape()) > cohort.shape().window()) {
        return "windows are widened, the event loop has too much to do";
      }
    }
    return "keeps up";
  }
}
