package dev.tidegate.market.feed;

/**
 * How a source is divided into shards, and which source it is.
 *
 * @param id another one is another source, whose positions begin anew; empty where nobody can tell
 */
public record Layout(int shards, String id) {
  /** Of a source that stays what it is. */
  public static Layout fixed(int shards) {
    return new Layout(shards, "");
  }
}
