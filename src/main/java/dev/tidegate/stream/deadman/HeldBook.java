package dev.tidegate.stream.deadman;

import dev.tidegate.bus.Armings.Armed;
import dev.tidegate.bus.Armings.Stance;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is armed, found by session and by owner; entries whose session has ended stand apart. No
 * time of its own, no way out: the {@link Roster} lends it both and its lock.
 */
public final class HeldBook {
  private static final int PAGE = 500;

  private final Map<String, Held> bySession = new HashMap<>();
  private final Map<String, List<Held>> byOwner = new HashMap<>();
  private final Map<String, Held> pending = new HashMap<>();

  /** Live sessions of this node that have been replaced. */
  private final Set<Held> suspects = new HashSet<>();

  private final String node;
  private int own;

  HeldBook(String node) {
    this.node = node;
  }

  @Nullable Held get(String session) {
    return bySession.get(session);
  }

  /** How many sessions of this node there are. */
  int own() {
    return own;
  }

  /** Sessions of this node that live and were replaced, and when; null when there is none. */
  @Nullable Map<String, Long> suspects() {
    Map<String, Long> found = null;
    for (Held held : suspects) {
      if (held.replaced && !held.ended) {
        found = found == null ? new HashMap<>() : found;
        found.put(held.armed.session(), held.replacedAt);
      }
    }
    return found;
  }

  /** What this node says of its own sessions, in parts; one that is empty when it has none. */
  List<List<Stance>> pages(long now) {
    List<List<Stance>> pages = new ArrayList<>();
    List<Held> mine = at(node);
    for (int from = 0; from == 0 || from < mine.size(); from += PAGE) {
      List<Held> page = mine.subList(from, Math.min(mine.size(), from + PAGE));
      pages.add(page.stream().map(held -> held.entry(now)).toList());
    }
    return pages;
  }

  /** The session was heard of itself. */
  void trusted(Held held) {
    held.replaced = false;
    held.leftover = false;
    suspects.remove(held);
  }

  int size() {
    return bySession.size();
  }

  void put(Held held) {
    remove(held.armed.session());
    own += held.node.equals(node) ? 1 : 0;
    bySession.put(held.armed.session(), held);
    byOwner.computeIfAbsent(held.armed.owner(), k -> new ArrayList<>(1)).add(held);
    note(held);
  }

  /** The entry has ended, or turns out to live. */
  void note(Held held) {
    if (held.ended) {
      pending.put(held.armed.session(), held);
    } else {
      pending.remove(held.armed.session());
    }
  }

  void remove(String session) {
    Held old = bySession.remove(session);
    if (old != null) {
      pending.remove(session);
      suspects.remove(old);
      own -= old.node.equals(node) ? 1 : 0;
      List<Held> all = byOwner.get(old.armed.owner());
      if (all != null && all.remove(old) && all.isEmpty()) {
        byOwner.remove(old.armed.owner());
      }
    }
  }

  List<Held> of(String owner) {
    return List.copyOf(byOwner.getOrDefault(owner, List.of()));
  }

  List<Held> at(String name) {
    List<Held> found = new ArrayList<>();
    for (Held held : bySession.values()) {
      if (held.node.equals(name)) {
        found.add(held);
      }
    }
    return found;
  }

  Collection<Held> pending() {
    return pending.values();
  }

  /**
   * The owner is here with a session that was not known: what waited for that is dropped, and what
   * lives is asked for a sign.
   *
   * @param apart whether the word may be older than what this node knows
   * @return the sessions of this node that had ended and are dropped
   */
  List<String> word(Armed armed, boolean apart, long now) {
    List<String> dropped = new ArrayList<>(0);
    for (Held other : of(armed.owner())) {
      String session = other.armed.session();
      if (!session.equals(armed.session())) {
        if (other.ended && other.node.equals(node)) {
          dropped.add(session);
        }
        replace(other, apart, now);
      }
    }
    return dropped;
  }

  /** Nobody but its owner drops a session, whoever knows its name. */
  @Nullable Held drop(Armed armed) {
    Held held = get(armed.session());
    if (held == null || !held.armed.owner().equals(armed.owner())) {
      return null;
    }
    remove(armed.session());
    return held;
  }

  void replace(Held held, boolean apart, long now) {
    if (held.ended) {
      remove(held.armed.session());
    } else {
      held.replaced = true;
      held.leftover = apart;
      held.replacedAt = now;
      if (held.node.equals(node)) {
        suspects.add(held);
      }
    }
  }

  /** The node has left or was started anew: its sessions are nobody's. */
  void inherit(String name, long since, long now) {
    orphan(name, since, now);
    for (Held held : at(name)) {
      held.node = "";
    }
  }

  /** The node is gone, and so are its sessions. */
  void orphan(String name, long since, long now) {
    for (Held held : at(name)) {
      if (held.replaced) {
        remove(held.armed.session());
      } else if (!held.ended) {
        held.end(Math.max(now, since + held.armed.grace() * 1_000_000L));
        note(held);
      }
    }
  }

  /**
   * Who was apart did not hear the owner's words: the last session to be armed counts. Sessions of
   * this node need no such doubt, for they are heard of themselves if they live.
   */
  void weigh(Held held, boolean apart, long now) {
    for (Held other : of(held.armed.owner())) {
      boolean certain = apart || other.ended || other.node.equals(node);
      if (other.armed.armedAt() < held.armed.armedAt() && certain) {
        replace(other, apart, now);
      } else if (other.armed.armedAt() > held.armed.armedAt() && apart) {
        replace(held, true, now);
      }
    }
  }
}
