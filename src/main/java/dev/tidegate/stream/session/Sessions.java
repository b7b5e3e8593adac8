package dev.tidegate.stream.session;

import dev.tidegate.stream.observe.StreamMeters;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The open sessions of one instance, by their ids. */
public final class Sessions {
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

  /** A copy, for who may close some on the way. */
  public List<Session> list() {
    return List.copyOf(open.values());
  }
}
