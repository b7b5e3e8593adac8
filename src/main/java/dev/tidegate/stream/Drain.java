package dev.tidegate.stream;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Operations.Draining;
import dev.tidegate.loop.Loop;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.door.Upgrade;
import dev.tidegate.stream.protocol.Replies;
import dev.tidegate.stream.protocol.Token;
import dev.tidegate.stream.session.Cursors;
import dev.tidegate.stream.session.PrivateStreams;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Sessions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/** Leaves politely: tells every client to go elsewhere, and closes them spread over the time. */
final class Drain {
  private static final int STEPS = 100;

  /** Over so much of the time clients are asked to go, evenly. */
  private static final double SPREAD = 0.6;

  /** The tokens of all would be too much for one turn of the loop. */
  private static final double TELLING = 0.1;

  /** So much later who has not gone is closed; what is left of the time is for the answers. */
  private static final double PATIENCE = 0.25;

  private final String node;
  private final Bus bus;
  private final Loop loop;
  private final Sessions sessions;
  private final PrivateStreams privates;
  private final Upgrade upgrade;
  private final RandomGenerator chance;
  private boolean draining;
  private long endsAt;

  Drain(
      String node,
      Bus bus,
      Loop loop,
      Sessions sessions,
      PrivateStreams privates,
      Upgrade upgrade,
      RandomGenerator chance) {
    this.node = node;
    this.bus = bus;
    this.loop = loop;
    this.sessions = sessions;
    this.privates = privates;
    this.upgrade = upgrade;
    this.chance = chance;
  }

  /** Begins to hear whether the node leaves. */
  void start() {
    bus.hearHere(Operations.DRAINING, this::heard);
  }

  /** The whole node leaves: whoever is told early can go early. */
  private void heard(Draining leaving) {
    if (leaving.node().equals(node)) {
      begin(leaving.withinMillis());
    }
  }

  /**
   * Begins, unless it has begun already.
   *
   * @return how many milliseconds of the time that clients were told are left
   */
  long begin(long millis) {
    long now = loop.nanos();
    if (!draining) {
      endsAt = now + millis * 1_000_000L;
      leave(millis);
    }
    return Math.max(0, (endsAt - now) / 1_000_000L);
  }

  private void leave(long millis) {
    draining = true;
    upgrade.drain();
    List<Session> all = new ArrayList<>(sessions.all());
    Collections.shuffle(all, chance);
    for (int step = 0; step < STEPS; step++) {
      int from = Math.ceilDiv(all.size() * step, STEPS);
      int to = Math.ceilDiv(all.size() * (step + 1), STEPS);
      if (from < to) {
        List<Session> some = all.subList(from, to);
        long told = (long) (millis * TELLING * step / STEPS);
        long first = (long) (millis * SPREAD * step / STEPS);
        long last = (long) (millis * SPREAD * (step + 1) / STEPS);
        loop.after(told * 1_000_000L, () -> tell(some, millis - told, first - told, last - first));
        long at = (long) (millis * 1_000_000.0 * (PATIENCE + SPREAD * (step + 1) / STEPS));
        loop.after(at, () -> close(some));
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
        session.subscriptions().isEmpty() ? null : Token.write(Cursors.of(session, privates));
    boolean tooLong = token == null && !session.subscriptions().isEmpty();
    String detail =
        tooLong ? "this node is leaving; too many channels for a token" : "this node is leaving";
    session.sendAway(Replies.reconnect(null, detail, within, retryAfter, token));
  }

  private static void close(List<Session> sessions) {
    for (Session session : sessions) {
      session.close(CloseCode.DRAIN, "this node is leaving");
    }
  }
}
