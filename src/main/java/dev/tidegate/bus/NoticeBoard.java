package dev.tidegate.bus;

import dev.tidegate.bus.Announcements.Announcement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The announcements as one node knows them. Boards that have heard the same, in whatever order, are
 * equal. Bounded, and what is over goes by itself. For one event loop.
 */
public final class NoticeBoard {
  /** Announcements that may stand at once. */
  public static final int MOST = 100;

  /** With what was taken back. */
  private static final int MOST_KEPT = 10 * MOST;

  private final Map<String, Announcement> kept = new HashMap<>();

  /** Takes what another node says; true when it brought something new. */
  public boolean merge(List<Announcement> said, long micros) {
    boolean fresh = false;
    for (Announcement one : said) {
      Announcement before = kept.get(one.id());
      boolean newer = before == null ? kept.size() < MOST_KEPT : later(one, before);
      if (newer && micros < one.until()) {
        kept.put(one.id(), one);
        fresh = true;
      }
    }
    return fresh;
  }

  private static boolean later(Announcement one, Announcement before) {
    return one.changed() > before.changed()
        || (one.changed() == before.changed() && one.ended() && !before.ended());
  }

  /** Everything that others should know, ends included. */
  public List<Announcement> known(long micros) {
    kept.values().removeIf(one -> micros >= one.until());
    return List.copyOf(kept.values());
  }

  /** What stands now or will: the soonest first. */
  public List<Announcement> standing(long micros) {
    List<Announcement> standing = new ArrayList<>();
    for (Announcement one : kept.values()) {
      if (!one.ended() && micros < one.until()) {
        standing.add(one);
      }
    }
    standing.sort(
        (a, b) ->
            a.from() != b.from() ? Long.compare(a.from(), b.from()) : a.id().compareTo(b.id()));
    return standing;
  }
}
