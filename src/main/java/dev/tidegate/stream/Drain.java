package dev.tidegate.stream;

import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Operations.Draining;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.door.Upgrade;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.protocol.Token;
import dev.tidegate.stream.session.Cursors;
import dev.tidegate.stream.session.Session;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Leaves politely: tells every client to go elsewhere, and closes them spread over the time. */
final class Drain {
  private static final int STEPS = 100;

  /** Over so much of the time clients are asked to go, evenly. */
  private static final double SPREAD = 0.6;

  /** The tokens of all would be too much for one turn of the loop. */
  private static final double TELLING = 0.1;

  /** So much later who has not gone is closed; what is left of the time is for the answers. */
  private static final double PATIENCE = 0.25;

  private final Hub hub;
  private final Upgrade upgrade;
  private final Sweep sweep;
  private boolean draining;
  private long endsAt;

  Drain(Hub hub, Upgrade upgrade, Sweep sweep) {
    this.hub = hub;
    this.upgrade = upgrade;
    this.sweep = sweep;
    hub.bus().hearHere(Operations.DRAINING, this::heard);
  }

  /** The whole node leaves: whoever is told early can go early. */
  private void heard(Draining leaving) {
    if (leaving.node().equals(hub.node)) {
      start(leaving.withinMillis());
    }
  }

  /**
   * Begins, unless it has begun already.
   *
   * @return how many milliseconds of the time that clients were told are left
   */
  long start(long millis) {
    long now = hub.loop().nanos();
    if (!draining) {
      endsAt = now + millis * 1_000_000L;
      begin(millis);
    }
    return Math.max(0, (endsAt - now) / 1_000_000L);
  }

  private void begin(long millis) {
    draining = true;
    upgrade.drain();
    List<Session> sessions = new ArrayList<>(hub.sessions().values());
    Collections.shuffle(sessions, ThreadLocalRandom.current());
    for (int step = 0; step < STEPS; step++) {
      int from = Math.ceilDiv(sessions.size() * step, STEPS);
      int to = Math.ceilDiv(sessions.size() * (step + 1), STEPS);
      if (from < to) {
        List<Session> some = sessions.subList(from, to);
        long told = (long) (millis * TELLING * step / STEPS);
        long first = (long) (millis * SPREAD * step / STEPS);
        long last = (long) (millis * SPREAD * (step + 1) / STEPS);
        hub.loop()
            .after(told * 1_000_000L, () -> tell(some, millis - told, first - told, last - first));
        long at = (long) (millis * 1_000_000.0 * (PATIENCE + SPREAD * (step + 1) / STEPS));
        hub.loop().after(at, () -> close(some));
      }
    }
  }

  /**
   * Each is asked to go at a moment of its own; who stays is closed some time after that moment.
   */
  private void tell(List<Session> some, long within, long after, long spread) {
    for (int i = 0; i < some.size(); i++) {
      tell(some.get(i), within, after + spread * i / some.size());
    }
  }

  private void tell(Session session, long within, long retryAfter) {
    String token =
        session.subscriptions().isEmpty() ? null : Token.write(Cursors.of(session, hub.privates()));
    boolean tooLong = token == null && !session.subscriptions().isEmpty();
    String detail =
        tooLong ? "this node is leaving; too many channels for a token" : "this node is leaving";
    session.control(Replies.reconnect(null, detail, within, retryAfter, token));
    session.told = true;
  }

  private static void close(List<Session> sessions) {
    for (Session session : sessions) {
      session.close(CloseCode.DRAIN, "this node is leaving");
    }
  }

  /** Every socket is closed. */
  void end() {
    sweep.stop();
    hub.deadMen().stop();
    hub.fanout().close();
    hub.meters().close();
  }
}
