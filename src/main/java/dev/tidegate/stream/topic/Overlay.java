package dev.tidegate.stream.topic;

import dev.tidegate.bus.Announcements.Announcement;
import dev.tidegate.bus.Markets.Channel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands beside the numbered status of a symbol, since it is no function of its records.
 *
 * @param announced what operators announced for it, the soonest first
 * @param active the one of them that is in force now
 * @param trouble why nothing can come of the symbol at all, or null
 * @param silent the channels that are silent, of those that it has
 * @param since when the trouble or the silence began, in microseconds
 */
public record Overlay(
    List<Announcement> announced,
    @Nullable Announcement active,
    @Nullable String trouble,
    List<Channel> silent,
    long since) {
  static final Overlay NONE = new Overlay(List.of(), null, null, List.of(), 0);
}
