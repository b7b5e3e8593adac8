package dev.tidegate.stream.deadman;

import dev.tidegate.bus.Armings.Armed;
import dev.tidegate.bus.Armings.Stance;
import org.jspecify.annotations.Nullable;

/**
 * One armed session as a node knows it. Only its {@link HeldBook} and its {@link Roster} touch it.
 */
public final class Held {
  final Armed armed;

  /** The node that the session is, or was, on; empty when that is gone for good. */
  String node;

  /** Another session of the owner has armed since this one was last heard. */
  boolean replaced;

  long replacedAt;

  /** It was replaced while its node was apart: which of the two came first is not known. */
  boolean leftover;

  /** The session is gone, and the command is due then, unless its owner comes back. */
  boolean ended;

  long due;
  long nextTry;

  Held(Armed armed, String node) {
    this.armed = armed;
    this.node = node;
  }

  /**
   * Takes over what its home says, but for a mark that it was given just now: the home may not have
   * heard why.
   *
   * @return whether it has such a mark
   */
  boolean mark(boolean said, @Nullable Held known, long now) {
    boolean marked = known != null && known.replaced;
    replacedAt = known != null && marked ? known.replacedAt : now;
    boolean crossed = marked && !said && now - replacedAt < Roster.SETTLE;
    replaced = said || crossed;
    leftover = replaced && known != null && known.leftover;
    return crossed;
  }

  void end(long at) {
    ended = true;
    due = at;
    nextTry = at;
  }

  Stance entry(long now) {
    return new Stance(armed, replaced, ended ? Math.max(0, (due - now) / 1_000_000) : -1);
  }
}
