package dev.tidegate.market.book;

import java.util.Locale;

/** Why a record that was read reaches nobody. */
public enum Drop {
  /** Its symbol belongs to another shard: nobody is sent what this one makes of it. */
  OTHER_SHARD,

  /** Its number was there already. */
  REPEATED,

  /** There are as many symbols as there may be. */
  TOO_MANY_SYMBOLS,

  /** It says that a symbol is delayed which is not listed. */
  UNLISTED;

  /** As in the metric. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
