package dev.tidegate.stream.deadman;

import dev.tidegate.bus.Armings.Stance;
import dev.tidegate.bus.Armings.Standing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Another node, as a {@link Roster} hears of it. */
public final class Peer {
  /** How long the next in line waits for the one before. */
  static final long STAGGER = 5_000_000_000L;

  /**
   * How much longer a node waits that has lost most of the others at once: it may be cut off. While
   * it limps, it does not count itself.
   */
  static final long SPLIT = 30_000_000_000L;

  String run = "";
  long number;
  long heardAt;
  boolean doubt = true;
  boolean gone;

  /** It was taken for gone, and what it says next has to be weighed. */
  boolean back;

  private final List<Stance> parts = new ArrayList<>(0);
  private int part;

  /** What stands, by session, when this is the last of the parts; null before that. */
  @Nullable Map<String, Stance> gather(Standing standing) {
    if (standing.part() == 0) {
      parts.clear();
      part = 0;
    }
    if (standing.part() != part || standing.number() < number) {
      part = -1;
      return null;
    }
    part++;
    parts.addAll(standing.entries());
    if (!standing.last()) {
      return null;
    }
    Map<String, Stance> entries = new LinkedHashMap<>();
    parts.forEach(entry -> entries.put(entry.armed().session(), entry));
    parts.clear();
    part = -1;
    return entries;
  }

  /**
   * How long this node waits with a command that is due for a session of the home: first comes the
   * home while it is there, then the others by name.
   */
  static long patience(String self, boolean limps, @Nullable Peer home, Map<String, Peer> peers) {
    int rank = home == null || home.gone ? 0 : 1;
    int there = limps ? 0 : 1;
    int lost = 0;
    for (Map.Entry<String, Peer> other : peers.entrySet()) {
      Peer peer = other.getValue();
      if (!peer.gone) {
        there++;
        rank += other.getKey().compareTo(self) < 0 && peer != home ? 1 : 0;
      } else if (home != null && Math.abs(peer.heardAt - home.heardAt) < Roster.SILENCE) {
        lost++;
      }
    }
    boolean cutOff = home != null && home.gone && lost > there;
    return rank * STAGGER + (cutOff ? SPLIT : 0);
  }
}
