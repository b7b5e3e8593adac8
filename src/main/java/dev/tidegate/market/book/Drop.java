package dev.tidegate.market.book;

import java.util.Locale;

/** Why a record that was read changes nothing. */
public enum Drop {
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
