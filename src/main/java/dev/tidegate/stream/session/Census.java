package dev.tidegate.stream.session;

import java.util.concurrent.ConcurrentHashMap;

/** Who is connected to this node, over all instances. Safe for all threads. */
public final class Census {
  private final ConcurrentHashMap<String, Integer> present = new ConcurrentHashMap<>();

  /** Counts one in; false, and nothing counted, when there are as many as may be. */
  public boolean enter(String who, int most) {
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

  public void leave(String who) {
    present.computeIfPresent(who, (k, count) -> count == 1 ? null : Integer.valueOf(count - 1));
  }

  public int present(String who) {
    return present.getOrDefault(who, 0);
  }

  /** How a user is known here, as against an address. */
  public static String user(String consumer) {
    return "user:" + consumer;
  }
}
