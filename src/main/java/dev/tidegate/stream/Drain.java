package dev.tidegate.stream;

import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Operations.Draining;
import dev.tidegate.problem.CloseCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Leaves politely: tells every client to go elsewhere, and closes them spread over the time. */
final class Drain {
  private static final int STEPS = 100;

  /** The last part of the time is for close frames to be answered. */
  private static final double SPREAD = 0.8;

  private final Hub hub;
  private final Upgrade upgrade;
  private final Sweep sweep;
  private boolean draining;

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

  void start(long millis) {
    if (draining) {
      return;
    }
    draining = true;
    upgrade.drain();
    List<Session> sessions = new ArrayList<>(hub.sessions().values());
    for (Session session : sessions) {
      long jitter = ThreadLocalRandom.current().nextLong(Math.max(1, millis / 4 + 1));
      session.control(hub.replies().reconnect("this node is leaving", millis, jitter));
    }
    for (int step = 0; step < STEPS; step++) {
      int from = sessions.size() * step / STEPS;
      int to = sessions.size() * (step + 1) / STEPS;
      if (from < to) {
        List<Session> some = sessions.subList(from, to);
        long at = (long) (millis * 1_000_000.0 * SPREAD * (step + 1) / STEPS);
        hub.loop().schedule(() -> close(some), at);
      }
    }
  }

  private static void close(List<Session> sessions) {
    for (Session session : sessions) {
      session.close(CloseCode.DRAIN, "this node is leaving");
    }
  }

  /** Every socket is closed. */
  void end() {
    sweep.stop();
    hub.fanout().close();
  }
}
