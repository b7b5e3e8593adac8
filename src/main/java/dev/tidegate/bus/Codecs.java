package dev.tidegate.bus;

import io.vertx.core.eventbus.EventBus;
import java.util.List;
import java.util.stream.Stream;

/** Every message that may travel, registered once when the node starts. */
public final class Codecs {
  private Codecs() {}

  private static final List<BusCodec<?>> ALL =
      Stream.of(
              AnnouncementCodecs.ALL,
              ArmingCodecs.ALL,
              CommandCodecs.ALL,
              MarketCodecs.ALL,
              OperationCodecs.ALL,
              UpstreamCodecs.ALL)
          .flatMap(List::stream)
          .toList();

  /** The codecs of all messages, for the tests that hold them to their golden bytes. */
  public static List<BusCodec<?>> all() {
    return ALL;
  }

  public static void register(EventBus events) {
    ALL.forEach(events::registerCodec);
    events.registerCodec(UpstreamCodecs.LIVE);
  }
}
