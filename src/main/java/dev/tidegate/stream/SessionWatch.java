package dev.tidegate.stream;

import dev.tidegate.loop.Loop;
import dev.tidegate.policy.Identity;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Sessions;
import dev.tidegate.stream.shard.Replica;
import dev.tidegate.stream.shard.Shards;

/** Ends the sessions whose client, credential, use or feed has gone. */
final class SessionWatch {
  private final Sessions sessions;
  private final Shards shards;
  private final Loop loop;
  private final long ping;
  private final long gone;
  private final long idleMillis;
  private final long feedLost;

  SessionWatch(StreamConfig config, Sessions sessions, Shards shards, Loop loop) {
    this.sessions = sessions;
    this.shards = shards;
    this.loop = loop;
    this.ping = config.ping().toNanos();
    this.gone = config.gone().toNanos();
    this.idleMillis = config.idle().toMillis();
    this.feedLost = config.feedLost().toNanos();
  }

  void sessions(long now) {
    long millis = loop.millis();
    long idleSince = millis - idleMillis;
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
  void feeds(long now) {
    for (Replica replica : shards.replicas()) {
      if (replica.silence(now) > feedLost) {
        for (Session session : sessions.list()) {
          if (session.follows(replica)) {
            session.close(
                CloseCode.FEED_LOST, "no market data for " + feedLost / 1_000_000_000L + " s");
          }
        }
      }
    }
  }
}
