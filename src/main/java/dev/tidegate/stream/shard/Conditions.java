package dev.tidegate.stream.shard;

import dev.tidegate.bus.Announcements;
import dev.tidegate.bus.Announcements.Announced;
import dev.tidegate.bus.Announcements.Announcement;
import dev.tidegate.bus.Announcements.AnnouncementsWanted;
import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delayed;
import dev.tidegate.bus.Markets.Delays;
import dev.tidegate.bus.Markets.FeedState;
import dev.tidegate.bus.Markets.State;
import dev.tidegate.bus.NoticeBoard;
import dev.tidegate.loop.Loop;
import dev.tidegate.stream.topic.Overlay;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What this instance knows of the symbols beside their data: feeds that stand still, owners that
 * are not heard, silent channels, announcements. It hears of all shards, so that who subscribes
 * late is told at once.
 */
public final class Conditions {
  private static final String UNHEARD = "the owner of this symbol's data is not heard";

  /** One shard, as its owners describe it. */
  private static final class Described {
    @Nullable FeedState feed;
    final Map<String, Delayed> delayed = new HashMap<>();
    long term;
    long unheardSince;
  }

  private final Bus bus;
  private final Shards shards;
  private final Loop loop;
  private final String node;
  private final NoticeBoard board = new NoticeBoard();
  private final Map<Integer, Described> described = new HashMap<>();
  private List<Announcement> standing = List.of();
  private long nextChange = Long.MAX_VALUE;

  public Conditions(Bus bus, Shards shards, Loop loop, String node) {
    this.bus = bus;
    this.shards = shards;
    this.loop = loop;
    this.node = node;
  }

  /** Begins to hear, and asks what was announced before. */
  public void start() {
    shards.onNew((shard, instrument) -> refresh(described(shard), instrument));
    bus.hear(Markets.FEED_STATE, this::hear);
    bus.hear(Markets.DELAYS, this::hear);
    bus.hear(Announcements.ANNOUNCED, this::hear);
    bus.hear(Announcements.WANTED, wanted -> tell());
    bus.publish(Announcements.WANTED, new AnnouncementsWanted(node));
  }

  /** Whoever starts anew may find nobody else who knows. */
  private void tell() {
    List<Announcement> known = board.known(micros());
    if (!known.isEmpty()) {
      bus.publish(Announcements.ANNOUNCED, new Announced(node, known));
    }
  }

  private long micros() {
    return loop.millis() * 1000;
  }

  private Described described(int shard) {
    return described.computeIfAbsent(shard, k -> new Described());
  }

  void hear(FeedState said) {
    Described shard = described(said.shard());
    FeedState before = shard.feed;
    if (before == null || said.term() >= before.term()) {
      shard.feed = said;
      if (before == null ? troubled(said) : troubled(said) != troubled(before)) {
        refresh(said.shard());
      }
    }
  }

  private static boolean troubled(@Nullable FeedState feed) {
    return feed != null && feed.state() != State.LIVE;
  }

  void hear(Delays said) {
    Described shard = described(said.shard());
    if (said.term() < shard.term) {
      return;
    }
    shard.term = said.term();
    if (said.whole()) {
      if (shard.delayed.isEmpty() && said.delayed().isEmpty()) {
        return;
      }
      shard.delayed.clear();
    }
    for (Delayed one : said.delayed()) {
      if (one.channels().isEmpty()) {
        shard.delayed.remove(one.symbol());
      } else {
        shard.delayed.put(one.symbol(), one);
      }
      Instrument instrument = said.whole() ? null : shards.known(one.symbol(), said.shard());
      if (instrument != null) {
        refresh(shard, instrument);
      }
    }
    if (said.whole()) {
      refresh(said.shard());
    }
  }

  void hear(Announced said) {
    if (board.merge(said.announcements(), micros())) {
      announce();
    }
  }

  private void announce() {
    long now = micros();
    standing = board.standing(now);
    nextChange = Long.MAX_VALUE;
    for (Announcement one : standing) {
      nextChange = Math.min(nextChange, one.from() > now ? one.from() : one.until());
    }
    shards.replicas().forEach(replica -> refresh(replica.shard));
  }

  /** Called a few times a second: what begins or ends by the clock, and owners that fell silent. */
  public void check() {
    if (micros() >= nextChange) {
      announce();
    }
    for (Replica replica : shards.replicas()) {
      Described shard = described(replica.shard);
      boolean unheard = replica.unheard();
      if (unheard != shard.unheardSince > 0) {
        shard.unheardSince = unheard ? micros() : 0;
        refresh(replica.shard);
      }
    }
  }

  private void refresh(int index) {
    Described shard = described(index);
    for (Replica replica : shards.replicas()) {
      if (replica.shard == index) {
        replica.instruments().values().forEach(instrument -> refresh(shard, instrument));
      }
    }
  }

  private void refresh(Described shard, Instrument instrument) {
    instrument.overlay(overlay(shard, instrument.symbol), micros());
  }

  private Overlay overlay(Described shard, String symbol) {
    List<Announcement> announced = new ArrayList<>(0);
    Announcement active = null;
    long now = standing.isEmpty() ? 0 : micros();
    for (Announcement one : standing) {
      if (one.concerns(symbol)) {
        announced.add(one);
        active = one.lasts(now) ? one : active;
      }
    }
    FeedState feed = shard.feed;
    if (feed != null && troubled(feed)) {
      return new Overlay(announced, active, feed.detail(), List.of(), feed.time());
    }
    if (shard.unheardSince > 0) {
      return new Overlay(announced, active, UNHEARD, List.of(), shard.unheardSince);
    }
    Delayed all = shard.delayed.get(Markets.ALL);
    Delayed own = all != null ? all : shard.delayed.get(symbol);
    List<Channel> silent = own == null ? List.of() : own.channels();
    return new Overlay(announced, active, null, silent, own == null ? 0 : own.since());
  }
}
