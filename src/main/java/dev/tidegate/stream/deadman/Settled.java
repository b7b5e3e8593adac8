package dev.tidegate.stream.deadman;

import dev.tidegate.bus.Armings.Armed;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sessions that nothing is due for any more, the latest of them: late reports do not bring them
 * back. The {@link Roster} lends its lock.
 */
public final class Settled {
  private static final int KEPT = 20_000;

  private final Map<String, Boolean> cancelled = latest();

  private final Map<String, Armed> named = latest();

  Settled() {}

  private static <V> Map<String, V> latest() {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        return size() > KEPT;
      }
    };
  }

  /** Its command is known to be accepted, or called off. */
  void done(String session) {
    cancelled.put(session, Boolean.TRUE);
  }

  boolean isDone(String session) {
    return cancelled.containsKey(session);
  }

  /**
   * Its owner does without it: has disarmed it, or named another session its successor.
   *
   * @param armed with the time of the word
   */
  void name(Armed armed) {
    named.put(armed.session(), armed);
  }

  /** Whether the word came after the arming; in doubt the arming counts. */
  boolean isNamed(Armed armed) {
    Armed word = named.get(armed.session());
    return word != null && word.owner().equals(armed.owner()) && armed.armedAt() < word.armedAt();
  }

  /** It arms again all the same. */
  void armed(String session) {
    named.remove(session);
  }
}
