package dev.tidegate.stream;

import dev.tidegate.loop.Loop;
import dev.tidegate.policy.Identity;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Sessions;
import dev.tidegate.stream.shard.Replica;
import dev.tidegate.stream.shard.Shards;
import dev.tidegate.stream.socket.Outlet;
import java.time.Duration;

/**
 * Ends the sessions whose client, credential, use or feed has gone. After a standstill of our own
 * nobody is blamed for it: each client is asked for a sign at once, and who gives none is told to
 * come back later.
 */
final class SessionWatch {
  /** So long a client has to answer when it is asked after a standstill. */
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final Sessions sessions;
  private final Shards shards;
  private final Loop loop;
  private final long ping;
  private final long gone;
  private final long idleMillis;
  private final long feedLost;
  private final long answer;
  private long awakeSince;

  /** When all were asked, and the answers are awaited still; the wall clock beside it. */
  private long askedAt;

  private boolean asking;
  private long wokeMillis;

  SessionWatch(StreamConfig config, Sessions sessions, Shards shards, Loop loop) {
    this.sessions = sessions;
    this.shards = shards;
    this.loop = loop;
    this.ping = config.ping().toNanos();
    this.gone = config.gone().toNanos();
    this.idleMillis = config.idle().toMillis();
    this.feedLost = config.feedLost().toNanos();
    this.answer = Math.min(gone, ANSWER.toNanos());
    this.awakeSince = loop.awakeSince();
  }

  void sessions(long now) {
    long millis = loop.millis();
    boolean woke = woke(now, millis);
    boolean overdue = asking && now - askedAt > answer;
    asking &= !overdue;
    for (Session session : sessions.list()) {
      Outlet outlet = session.outlet;
      if (woke) {
        outlet.check(now, 0, Long.MAX_VALUE);
      } else if (overdue && outlet.heardAt() < askedAt) {
        session.close(CloseCode.UNHEARD, "no answer to a ping after this node stood still");
      } else {
        outlet.check(now, ping, asking ? Long.MAX_VALUE : gone);
      }
      uses(session, millis);
    }
  }

  /** Whether this loop stood still and has just gone on. */
  private boolean woke(long now, long millis) {
    long since = loop.awakeSince();
    if (since == awakeSince) {
      return false;
    }
    awakeSince = since;
    askedAt = now;
    asking = true;
    wokeMillis = millis;
    return true;
  }

  private void uses(Session session, long millis) {
    Identity identity = session.identity();
    long idleSince = millis - idleMillis;
    if (identity != null && identity.expires() <= millis) {
      session.close(CloseCode.UNAUTHENTICATED, "credentials have expired");
    } else if (session.openedAt < idleSince
        && session.idleSince(millis) < idleSince
        && wokeMillis < idleSince) {
      session.close(CloseCode.IDLE, "idle: nothing is subscribed");
    }
  }

  /** Sessions whose data this node no longer gets are better off elsewhere. */
  void feeds() {
    for (Replica replica : shards.replicas()) {
      if (replica.silence() > feedLost) {
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
