package dev.tidegate.market.owner;

import dev.tidegate.market.feed.Layout;
import java.util.function.Supplier;

/**
 * Into how many shards the source is divided, and which source is numbered. An epoch carries a mark
 * of its source, so that nobody, on whatever node, continues the numbers of one with the records of
 * another. For one event loop.
 */
public final class Division {
  private static final char BEFORE_MARK = '-';
  private static final int MARK_BITS = 40;

  private final Supplier<String> names;
  private Layout layout;
  private boolean changed;

  /**
   * @param names unlike any other, and without a dash
   */
  public Division(Layout layout, Supplier<String> names) {
    this.layout = layout;
    this.names = names;
  }

  public int shards() {
    return layout.shards();
  }

  /** What owners have begun of another source they begin anew with their next tick. */
  public void adopt(Layout now) {
    boolean another = !now.id().equals(layout.id());
    layout = now;
    changed |= another;
  }

  /** Names a new numbering. */
  String epoch() {
    return layout.id().isEmpty() ? names.get() : names.get() + BEFORE_MARK + mark();
  }

  /**
   * Whether the numbering is of another source. Nodes of an earlier release mark none; theirs is
   * believed as long as this node has seen no other source.
   */
  boolean isElsewhere(String epoch) {
    int mark = epoch.lastIndexOf(BEFORE_MARK);
    return !layout.id().isEmpty()
        && (mark < 0 ? changed : !epoch.substring(mark + 1).equals(mark()));
  }

  boolean mayContinue(String epoch) {
    return !epoch.isEmpty() && !isElsewhere(epoch);
  }

  private String mark() {
    long hash = 0;
    for (int i = 0; i < layout.id().length(); i++) {
      hash = hash * 0x100000001B3L + layout.id().charAt(i);
    }
    return Long.toString(
        (hash ^ hash >>> MARK_BITS) & ((1L << MARK_BITS) - 1), Character.MAX_RADIX);
  }
}
