package dev.tidegate.stream;

import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Operations.Shown;
import dev.tidegate.policy.Identity;

/** Shows operators who is connected and how each session is doing. */
final class Show {
  private static final int MOST = 1_000;

  /** At most so many of those who reconnect in a loop; they are the node's, not the instance's. */
  private static final int LOOPS = 100;

  private final Hub hub;

  Show(Hub hub) {
    this.hub = hub;
  }

  void start() {
    hub.bus().hear(Operations.show("sessions"), this::answer);
  }

  private void answer(Operations.Show question) {
    String json = describe(question.id(), question.limit() <= 0 ? MOST : question.limit());
    hub.bus()
        .publish(
            Operations.shown(question.replyTo()),
            new Shown(hub.node, Integer.toString(hub.instance), json));
  }

  String describe(@org.jspecify.annotations.Nullable String id, int limit) {
    Text out = new Text(4096).ascii("{\"sessions\":").number(hub.sessions().size());
    out.ascii(",\"cohorts\":").number(hub.fanout().cohorts());
    out.ascii(",\"pressure\":").number(hub.fanout().pressure().level()).ascii(",\"loops\":[");
    for (Loops.Offender one : hub.census().loops().offenders(LOOPS, hub.loop().millis())) {
      out.separate();
      out.ascii("{\"who\":").quoted(one.who()).ascii(",\"strikes\":").number(one.strikes());
      out.ascii(",\"retryAfter\":").number(one.millisLeft()).put('}');
    }
    out.ascii("],\"list\":[");
    int shown = 0;
    for (Session session : hub.sessions().values()) {
      if ((id == null || id.equals(session.id)) && shown++ < limit) {
        out.separate();
        session(session, id != null, out);
      }
    }
    return out.ascii("]}").toString();
  }

  private void session(Session session, boolean whole, Text out) {
    Lag lag = session.lag;
    long now = hub.loop().nanos();
    out.ascii("{\"session\":")
        .quoted(session.id)
        .ascii(",\"consumer\":")
        .quoted(session.consumer());
    Identity identity = session.identity;
    out.ascii(",\"credential\":").quoted(identity == null ? "" : identity.credential());
    out.ascii(",\"tier\":").quoted(session.tierName());
    out.ascii(",\"protocol\":").quoted(session.codec.protocol);
    out.ascii(",\"address\":").quoted(session.address);
    out.ascii(",\"openedAt\":").number(session.openedAt);
    out.ascii(",\"subscriptions\":").number(session.subscriptions().size());
    out.ascii(",\"pendingBytes\":").number(session.outlet.pending());
    out.ascii(",\"lagMillis\":").number(lag == null ? 0 : lag.waiting(now) / 1_000_000);
    out.ascii(",\"step\":").number(lag == null ? 0 : lag.step);
    out.ascii(",\"why\":").quoted(lag == null ? "keeps up" : Ladder.describe(lag.step));
    out.ascii(",\"windows\":[");
    for (Lane lane : session.lanes()) {
      out.separate();
      Cohort cohort = lane.cohort;
      out.number(
          cohort == null ? lane.shape.window() : hub.fanout().pressure().window(cohort.shape()));
    }
    out.put(']');
    if (whole) {
      out.ascii(",\"channels\":[");
      for (Subscription subscription : session.subscriptions()) {
        out.separate();
        Op.Key key = subscription.wanted.key();
        out.ascii("{\"channel\":").quoted(key.name()).ascii(",\"symbol\":").quoted(key.symbol());
        out.put('}');
      }
      out.put(']');
    }
    out.put('}');
  }
}
