package dev.tidegate.bus;

import java.util.List;

/**
 * What operators announce to those who follow {@code status}: maintenance above all. Every ADMIN
 * and STREAM keeps all of it on a {@link NoticeBoard}; ADMIN says changes at once and everything
 * now and then, and whoever starts asks the others.
 */
public final class Announcements {
  private Announcements() {}

  /**
   * One announcement, or its end.
   *
   * @param symbol or {@code *} for all
   * @param state what the symbol is while it lasts, the text of a {@link Markets.State}
   * @param from microseconds since the epoch, like {@code until}, when it is over by itself
   * @param changed of two with one id the later one counts
   * @param ended it was taken back; known until it would have been over, so that it does not return
   */
  public record Announcement(
      String id,
      String symbol,
      String state,
      String detail,
      long from,
      long until,
      long changed,
      boolean ended) {
    public boolean concerns(String other) {
      return symbol.equals("*") || symbol.equals(other);
    }

    public boolean lasts(long micros) {
      return !ended && from <= micros && micros < until;
    }
  }

  /** What a node knows, or what has just changed. */
  public record Announced(String node, List<Announcement> announcements) {}

  /** Asks for everything that is known. */
  public record AnnouncementsWanted(String node) {}

  public static final Address<Announced> ANNOUNCED =
      new Address<>("announcements.said", Announced.class);

  public static final Address<AnnouncementsWanted> WANTED =
      new Address<>("announcements.wanted", AnnouncementsWanted.class);
}
