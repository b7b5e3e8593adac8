package dev.tidegate.stream;

import dev.tidegate.loop.Loop;
import dev.tidegate.policy.Identity;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.fanout.Ladder;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.shard.Replica;
import dev.tidegate.stream.socket.Connection;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is looked at a few times a second for all sessions, instead of a timer for each. */
final class Sweep implements Connection.Clock {
  static final long EVERY = 250_000_000L;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int SECOND = 4;

  private final Loop loop;
  private @Nullable Hub hub;
  private @Nullable Ladder ladder;
  private long coarse;
  private long cpu;
  private int round;
  private boolean stopped;

  Sweep(Loop loop) {
    this.loop = loop;
    this.coarse = loop.nanos();
  }

  void start(Hub newHub, Ladder newLadder) {
    hub = newHub;
    ladder = newLadder;
    cpu = THREADS.getCurrentThreadCpuTime();
    loop.after(EVERY, this::turn);
  }

  void stop() {
    stopped = true;
  }

  @Override
  public long coarseNanos() {
    return coarse;
  }

  private void turn() {
    Hub all = hub;
    Ladder slow = ladder;
    if (stopped || all == null || slow == null) {
      return;
    }
    long now = loop.nanos();
    pressure(all, now);
    coarse = now;
    sessions(all, now);
    all.conditions().check(now);
    all.deadMen().turn();
    all.privates().check();
    if (++round % SECOND == 0) {
      StreamConfig config = all.config();
      slow.check(now, config.stalled().toNanos());
      all.meters().load().pressure(all.fanout().pressure().level());
      all.meters().publish();
      all.shards().check(now);
      feeds(all, now, config.feedLost().toNanos());
    }
    if (round % (10 * SECOND) == 0) {
      all.census().loops().sweep(all.config().storm(), loop.millis());
    }
    loop.after(EVERY, this::turn);
  }

  private void pressure(Hub all, long now) {
    long used = THREADS.getCurrentThreadCpuTime();
    double elapsed = Math.max(1, now - coarse);
    all.fanout().pressure().measure((used - cpu) / elapsed, now - coarse - EVERY);
    cpu = used;
  }

  private void sessions(Hub all, long now) {
    StreamConfig config = all.config();
    long ping = config.ping().toNanos();
    long gone = config.gone().toNanos();
    long millis = loop.millis();
    long idleSince = millis - config.idle().toMillis();
    for (Session session : List.copyOf(all.sessions().values())) {
      session.outlet.check(now, ping, gone);
      Identity identity = session.identity;
      if (identity != null && identity.expires() <= millis) {
        session.close(CloseCode.UNAUTHENTICATED, "credentials have expired");
      } else if (session.openedAt < idleSince && session.idleSince(millis) < idleSince) {
        session.close(CloseCode.IDLE, "idle: nothing is subscribed");
      }
    }
  }

  /** Sessions whose data this node no longer gets are better off elsewhere. */
  private static void feeds(Hub all, long now, long lost) {
    for (Replica replica : all.shards().replicas()) {
      if (replica.silence(now) > lost) {
        for (Session session : List.copyOf(all.sessions().values())) {
          if (session.follows(replica)) {
            session.close(
                CloseCode.FEED_LOST, "no market data for " + lost / 1_000_000_000L + " s");
          }
        }
      }
    }
  }
}
