package dev.tidegate.stream.session;

import dev.tidegate.problem.CloseCode;
import dev.tidegate.stream.observe.StreamMeters;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The open sessions of one instance, by their ids. */
public final class Sessions {
  private static final String FULL = "too slow: the most unread where there is no room for more";

  private final Map<String, Session> open = new LinkedHashMap<>();
  private final String prefix;
  private final StreamMeters meters;
  private long ever;

  /**
   * @param prefix no other instance, of whatever node or cluster, names its sessions with it
   */
  public Sessions(String prefix, StreamMeters meters) {
    this.prefix = prefix;
    this.meters = meters;
  }

  /** An id for the next session, which no other ever gets. */
  public String nextId() {
    return prefix + ++ever;
  }

  public void opened(Session session) {
    open.put(session.id, session);
    meters.sessions(1);
  }

  /** Its socket is gone; false when that was known. */
  public boolean ended(Session session) {
    if (open.remove(session.id) == null) {
      return false;
    }
    meters.sessions(-1);
    return true;
  }

  public @Nullable Session byId(String id) {
    return open.get(id);
  }

  public int count() {
    return open.size();
  }

  public Collection<Session> all() {
    return open.values();
  }

  /** Bytes that were written to them and wait to be read, without what many share. */
  public long unread() {
    long sum = 0;
    for (Session session : open.values()) {
      sum += session.unread.own(session.outlet);
    }
    return sum;
  }

  /**
   * Closes those that left the most unread until so many bytes are free. They do not read: nothing
   * waits for them to be told.
   *
   * @return how many
   */
  public long free(long bytes) {
    List<Left> largest = new ArrayList<>();
    for (Session session : open.values()) {
      if (session.outlet.pending() > 0) {
        long own = session.unread.own(session.outlet);
        largest.add(new Left(session, own, session.outlet.pending()));
      }
    }
    largest.sort(Comparator.comparingLong(Left::own).thenComparingLong(Left::pending).reversed());
    long left = bytes;
    int count = 0;
    for (Left each : largest) {
      if (left <= 0) {
        break;
      }
      each.session().close(CloseCode.SLOW_CONSUMER, FULL);
      each.session().outlet.drop();
      left -= each.own();
      count++;
    }
    return count;
  }

  private record Left(Session session, long own, long pending) {}

  /** A copy, for who may close some on the way. */
  public List<Session> list() {
    return List.copyOf(open.values());
  }
}
