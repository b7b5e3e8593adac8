package dev.tidegate.bus;

import dev.tidegate.bus.Announcements.Announced;
import dev.tidegate.bus.Announcements.Announcement;
import dev.tidegate.bus.Announcements.AnnouncementsWanted;
import java.util.List;

/** The wire form of {@link Announcements}. */
final class AnnouncementCodecs {
  private AnnouncementCodecs() {}

  static final List<BusCodec<?>> ALL =
      List.of(
          new BusCodec<>(
              Announced.class,
              (w, m) ->
                  w.string(m.node()).list(m.announcements(), AnnouncementCodecs::announcement),
              r -> new Announced(r.string(), r.list(AnnouncementCodecs::announcement))),
          new BusCodec<>(
              AnnouncementsWanted.class,
              (w, m) -> w.string(m.node()),
              r -> new AnnouncementsWanted(r.string())));

  static void announcement(Wire.Writer w, Announcement m) {
    w.string(m.id())
        .string(m.symbol())
        .string(m.state())
        .string(m.detail())
        .int64(m.from())
        .int64(m.until())
        .int64(m.changed())
        .bool(m.ended());
  }

  static Announcement announcement(Wire.Reader r) {
    return new Announcement(
        r.string(), r.string(), r.string(), r.string(), r.int64(), r.int64(), r.int64(), r.bool());
  }
}
