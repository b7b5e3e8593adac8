package dev.tidegate.stream;

import io.vertx.core.shareddata.Shareable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Who is connected to this node, over all instances, and who comes back too often. Safe to share.
 */
final class Census implements Shareable {
  private final ConcurrentHashMap<String, Integer> present = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Arrivals> arrivals = new ConcurrentHashMap<>();

  private record Arrivals(long since, int count) {}

  /** Counts one in; false, and nothing counted, when there are as many as may be. */
  boolean enter(String who, int most) {
    boolean[] entered = {true};
    present.compute(
        who,
        (k, count) -> {
          int now = count == null ? 0 : count;
          entered[0] = most == 0 || now < most;
          return entered[0] ? Integer.valueOf(now + 1) : count;
        });
    return entered[0];
  }

  void leave(String who) {
    present.computeIfPresent(who, (k, count) -> count == 1 ? null : Integer.valueOf(count - 1));
  }

  int present(String who) {
    return present.getOrDefault(who, 0);
  }

  /**
   * Counts an arrival. 0 when it is welcome, else the milliseconds to stay away, spread so that not
   * all come back at once.
   */
  long arrive(String who, StreamConfig.Storm storm, long millis) {
    if (storm.connections() == 0) {
      return 0;
    }
    long within = storm.within().toMillis();
    Arrivals now =
        arrivals.compute(
            who,
            (k, old) ->
                old == null || millis - old.since > within
                    ? new Arrivals(millis, 1)
                    : new Arrivals(old.since, old.count + 1));
    if (now.count <= storm.connections()) {
      return 0;
    }
    return within + ThreadLocalRandom.current().nextLong(within);
  }

  /** Forgets arrivals that no longer count; called now and then. */
  void sweep(StreamConfig.Storm storm, long millis) {
    long within = storm.within().toMillis();
    arrivals.values().removeIf(old -> millis - old.since > within);
  }
}
