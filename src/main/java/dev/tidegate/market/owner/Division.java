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

  /** Whether it is another source than before. */
  public boolean adopt(Layout now) {
    boolean another = !now.id().equals(layout.id());
    layout = now;
    return another;
  }

  /** Names a new numbering. */
  String epoch() {
    return layout.id().isEmpty() ? names.get() : names.get() + BEFORE_MARK + mark();
  }

  /** Whether the numbering is of another source; that of a node which marks none is not. */
  boolean isElsewhere(String epoch) {
    return epoch.indexOf(BEFORE_MARK) >= 0 && !isHere(epoch);
  }

  /** Whether the numbering is known to be of this source. */
  boolean isHere(String epoch) {
    int mark = epoch.lastIndexOf(BEFORE_MARK);
    return layout.id().isEmpty() || (mark >= 0 && epoch.substring(mark + 1).equals(mark()));
  }

  private String mark() {
    long hash = 0;
    for (int i = 0; i < layout.id().length(); i++) {
      hash = hash * 0x100000001B3L + layout.id().charAt(i);
    }
    return Long.toString((hash ^ hash >>> MARK_BITS) & ((1L << MARK_BITS) - 1), Character.MAX_RADIX);
  }
}
