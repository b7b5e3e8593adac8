package dev.tidegate.stream;

import dev.tidegate.loop.Loop;
import dev.tidegate.policy.Identity;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.deadman.DeadMen;
import dev.tidegate.stream.door.ReconnectStorms;
import dev.tidegate.stream.fanout.Fanout;
import dev.tidegate.stream.fanout.Ladder;
import dev.tidegate.stream.session.PrivateStreams;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Sessions;
import dev.tidegate.stream.shard.Conditions;
import dev.tidegate.stream.shard.Replica;
import dev.tidegate.stream.shard.Shards;
import dev.tidegate.stream.socket.Connection;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;

/** What is looked at a few times a second for all sessions, instead of a timer for each. */
final class Sweep implements Connection.Clock {
  static final long EVERY = 250_000_000L;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int SECOND = 4;

  private final StreamConfig config;
  private final Loop loop;
  private final Sessions sessions;
  private final Fanout fanout;
  private final Ladder ladder;
  private final Shards shards;
  private final Conditions conditions;
  private final PrivateStreams privates;
  private final DeadMen deadMen;
  private final ReconnectStorms storms;
  private Loop.Timer turns = () -> {};
  private long coarse;
  private long cpu;
  private int round;

  Sweep(
      StreamConfig config,
      Loop loop,
      Sessions sessions,
      Fanout fanout,
      Ladder ladder,
      Shards shards,
      Conditions conditions,
      PrivateStreams privates,
      DeadMen deadMen,
      ReconnectStorms storms) {
    this.config = config;
    this.loop = loop;
    this.sessions = sessions;
    this.fanout = fanout;
    this.ladder = ladder;
    this.shards = shards;
    this.conditions = conditions;
    this.privates = privates;
    this.deadMen = deadMen;
    this.storms = storms;
    this.coarse = loop.nanos();
  }

  void start() {
    cpu = THREADS.getCurrentThreadCpuTime();
    turns = loop.every(Duration.ofNanos(EVERY), this::turn);
  }

  void stop() {
    turns.cancel();
  }

  @Override
  public long coarseNanos() {
    return coarse;
  }

  private void turn() {
    long now = loop.nanos();
    pressure(now);
    coarse = now;
    sessions(now);
    conditions.check(now);
    deadMen.turn();
    privates.check();
    if (++round % SECOND == 0) {
      ladder.check(now, config.stalled().toNanos());
      fanout.meters().load().pressure(fanout.pressure().level());
      fanout.meters().publish();
      shards.check(now);
      feeds(now, config.feedLost().toNanos());
    }
    if (round % (10 * SECOND) == 0) {
      storms.sweep(config.storm(), loop.millis());
    }
  }

  private void pressure(long now) {
    long used = THREADS.getCurrentThreadCpuTime();
    double elapsed = Math.max(1, now - coarse);
    fanout.pressure().measure((used - cpu) / elapsed, now - coarse - EVERY);
    cpu = used;
  }

  private void sessions(long now) {
    long ping = config.ping().toNanos();
    long gone = config.gone().toNanos();
    long millis = loop.millis();
    long idleSince = millis - config.idle().toMillis();
    for (Session session : sessions.list()) {
      session.outlet.check(now, ping, gone);
      Identity identity = session.identity();
      if (identity != null && identity.expires() <= millis) {
        session.close(CloseCode.UNAUTHENTICATED, "credentials have expired");
      } else if (session.openedAt < idleSince && session.idleSince(millis) < idleSince) {
        session.close(CloseCode.IDLE, "idle: nothing is subscribed");
      }
    }
  }

  /** Sessions whose data this node no longer gets are better off elsewhere. */
  private void feeds(long now, long lost) {
    for (Replica replica : shards.replicas()) {
      if (replica.silence(now) > lost) {
        for (Session session : sessions.list()) {
          if (session.follows(replica)) {
            session.close(
                CloseCode.FEED_LOST, "no market data for " + lost / 1_000_000_000L + " s");
          }
        }
      }
    }
  }
}
