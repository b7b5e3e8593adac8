package dev.tidegate.bus;

import dev.tidegate.bus.Announcements.Announcement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The announcements as one node knows them. Boards that have heard the same, in whatever order, are
 * equal. Bounded, and what is over goes by itself. For one event loop.
 */
public final class NoticeBoard {
  /** Announcements that may stand at once. */
  public static final int MOST = 100;

  /** With what was taken back. */
  private static final int MOST_KEPT = 10 * MOST;

  private static final Comparator<Announcement> OLDEST =
      Comparator.comparingLong(Announcement::changed).thenComparing(Announcement::id);

  private final Map<String, Announcement> kept = new HashMap<>();

  /** Takes what a node says; true when something of it was new and is kept. */
  public boolean merge(List<Announcement> said, long micros) {
    boolean fresh = false;
    for (Announcement one : said) {
      Announcement before = kept.get(one.id());
      boolean newer = micros < one.until() && (before == null || later(one, before));
      if (newer && (before != null || room(one, micros))) {
        kept.put(one.id(), one);
        fresh = true;
      }
    }
    return fresh;
  }

  /** Makes room on a full board: what is over goes, else what was taken back the longest ago. */
  private boolean room(Announcement one, long micros) {
    if (kept.size() < MOST_KEPT || kept.values().removeIf(old -> micros >= old.until())) {
      return true;
    }
    Announcement oldest = oldestEnded();
    if (oldest == null || (one.ended() && OLDEST.compare(one, oldest) < 0)) {
      return false;
    }
    kept.remove(oldest.id());
    return true;
  }

  private @Nullable Announcement oldestEnded() {
    Announcement oldest = null;
    for (Announcement one : kept.values()) {
      if (one.ended() && (oldest == null || OLDEST.compare(one, oldest) < 0)) {
        oldest = one;
      }
    }
    return oldest;
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
