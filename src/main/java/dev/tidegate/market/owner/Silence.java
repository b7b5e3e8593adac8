package dev.tidegate.market.owner;

import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delayed;
import dev.tidegate.market.book.ChannelLongs;
import dev.tidegate.market.book.Shard;
import dev.tidegate.market.book.SymbolSequencer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which symbols of an owned shard are late on which channels, because nothing comes or because what
 * comes is old, and what the others were told of it. It looks at the clock, so nothing here may
 * touch what is numbered: it stands beside it. A feed that dies as a whole is one entry for all
 * symbols, however many there are.
 */
public final class Silence {
  private static final long SCAN_MILLIS = 500;

  /** After a pause of this node what came meanwhile is read first. */
  private static final long WOKE_MILLIS = 1_500;

  /** More changes than this are told as a whole. */
  private static final int MOST_CHANGES = 64;

  /** What is to be told: everything, or what changed. */
  record News(boolean whole, List<Delayed> delayed) {}

  private final Shard shard;
  private final ChannelLongs after;
  private final Predicate<String> isElsewhere;
  private final long every;
  private final Map<String, Delayed> told = new HashMap<>();
  private @Nullable Delayed all;
  private int allOf;
  private int elsewhere;
  private long checkedAt;
  private long scannedAt;
  private long graceUntil;

  /**
   * @param isElsewhere whether a symbol belongs to another shard: nothing is expected of it here
   */
  Silence(Shard shard, ChannelLongs after, Predicate<String> isElsewhere, long now) {
    this.shard = shard;
    this.after = after;
    this.isElsewhere = isElsewhere;
    long shortest = 4 * SCAN_MILLIS;
    for (Channel channel : Channel.DATA) {
      long limit = after.get(channel);
      shortest = limit > 0 ? Math.min(shortest, limit) : shortest;
    }
    every = shortest / 4;
    checkedAt = now;
    scan(now, new ArrayList<>());
  }

  /** Steps time; what subscribers do not know yet, or null. */
  @Nullable News check(long now) {
    if (now - checkedAt > WOKE_MILLIS) {
      graceUntil = now + WOKE_MILLIS;
    }
    checkedAt = now;
    if (now < graceUntil) {
      return null;
    }
    List<Delayed> changes = new ArrayList<>(0);
    if (now - scannedAt >= every) {
      scan(now, changes);
    } else if (!told.isEmpty()) {
      List.copyOf(told.keySet()).forEach(symbol -> look(symbol, now, changes));
    }
    boolean outgrown = all != null && allOf != shard.size();
    if (changes.isEmpty() && !outgrown) {
      return null;
    }
    return all != null || changes.size() > MOST_CHANGES ? whole() : new News(false, changes);
  }

  /** Everything that is delayed now. */
  News whole() {
    all = everything();
    allOf = shard.size();
    return new News(true, all != null ? List.of(all) : List.copyOf(told.values()));
  }

  /** How many symbols are silent on the channel. */
  int count(Channel channel) {
    int count = 0;
    for (Delayed each : told.values()) {
      count += each.channels().contains(channel) ? 1 : 0;
    }
    return count;
  }

  /** How many symbols belong to another shard. */
  int elsewhere() {
    return elsewhere;
  }

  public @Nullable Delayed of(String symbol) {
    return told.get(symbol);
  }

  private void scan(long now, List<Delayed> changes) {
    scannedAt = now;
    elsewhere = 0;
    for (SymbolSequencer known : shard.sequencers()) {
      elsewhere += isElsewhere.test(known.symbol) ? 1 : 0;
      look(known, now, changes);
    }
  }

  private void look(String symbol, long now, List<Delayed> changes) {
    SymbolSequencer known = shard.sequencer(symbol);
    if (known != null) {
      look(known, now, changes);
    }
  }

  private void look(SymbolSequencer known, long now, List<Delayed> changes) {
    Delayed before = told.get(known.symbol);
    List<Channel> silent = silent(known, now);
    if (silent.isEmpty() ? before == null : before != null && silent.equals(before.channels())) {
      return;
    }
    Delayed state = new Delayed(known.symbol, silent, since(known, silent));
    if (silent.isEmpty()) {
      told.remove(known.symbol);
    } else {
      told.put(known.symbol, state);
    }
    changes.add(state);
  }

  /** Of a symbol that is halted nothing is expected, and nothing at once when the halt ends. */
  private List<Channel> silent(SymbolSequencer known, long now) {
    List<Channel> silent = List.of();
    for (Channel channel : Channel.DATA) {
      long limit = after.get(channel);
      boolean has = limit > 0 && known.touched(channel) > 0;
      boolean late = now - expectedFrom(known, channel) > limit || known.lag(channel) > limit;
      if (has && late && !known.halted() && !isElsewhere.test(known.symbol)) {
        silent = silent.isEmpty() ? new ArrayList<>(Channel.DATA.size()) : silent;
        silent.add(channel);
      }
    }
    return silent;
  }

  private static long expectedFrom(SymbolSequencer known, Channel channel) {
    return Math.max(known.touched(channel), known.reopened());
  }

  private static long since(SymbolSequencer known, List<Channel> silent) {
    long oldest = Long.MAX_VALUE;
    for (Channel channel : silent) {
      oldest = Math.min(oldest, expectedFrom(known, channel));
    }
    return silent.isEmpty() ? 0 : oldest * 1000;
  }

  /** One entry for all symbols when all are silent on all that they have; null otherwise. */
  private @Nullable Delayed everything() {
    if (told.size() < 2 || told.size() < shard.size()) {
      return null;
    }
    List<Channel> channels = new ArrayList<>();
    long since = 0;
    for (Delayed each : told.values()) {
      since = Math.max(since, each.since());
      for (Channel channel : each.channels()) {
        if (!channels.contains(channel)) {
          channels.add(channel);
        }
      }
    }
    for (Delayed each : told.values()) {
      SymbolSequencer known = shard.sequencer(each.symbol());
      for (Channel channel : channels) {
        if (known == null || (known.touched(channel) > 0 && !each.channels().contains(channel))) {
          return null;
        }
      }
    }
    channels.sort(null);
    return new Delayed(Markets.ALL, List.copyOf(channels), since);
  }
}
