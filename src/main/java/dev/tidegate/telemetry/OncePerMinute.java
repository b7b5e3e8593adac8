package dev.tidegate.telemetry;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lets one line a minute of each kind through, and knows how many were kept back. Safe for all
 * threads.
 */
public final class OncePerMinute<K> {
  private static final long QUIET_NANOS = 60_000_000_000L;

  /** Kinds are few; should they not be, all are told again before they fill the memory. */
  private static final int MOST_KINDS = 1000;

  /** When a kind was told last, and how often it came since. */
  private static final class Told {
    private boolean before;
    private long at;
    private long untold;

    synchronized long tell(long now) {
      if (before && now - at < QUIET_NANOS) {
        untold++;
        return -1;
      }
      long missing = untold;
      before = true;
      at = now;
      untold = 0;
      return missing;
    }
  }

  private final Map<K, Told> kinds = new ConcurrentHashMap<>();

  /**
   * How many of this kind came before this one without being told; -1 when it is not told either.
   */
  public long tell(K kind, long nanos) {
    if (kinds.size() >= MOST_KINDS) {
      kinds.clear();
    }
    return kinds.computeIfAbsent(kind, k -> new Told()).tell(nanos);
  }
}
