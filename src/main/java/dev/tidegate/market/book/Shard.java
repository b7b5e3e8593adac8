package dev.tidegate.market.book;

import dev.tidegate.bus.Markets.Batch;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.State;
import dev.tidegate.bus.Markets.Status;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.market.record.FeedRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One shard's state: what it becomes with a record is a function of what it is and of the record,
 * never of time, so every node that continues from the same state gives the same updates the same
 * numbers. The clock only ages what is kept for those who missed something.
 */
public final class Shard {
  /** What an owner's batch was for this replica. */
  public enum Taken {
    APPLIED,
    KNOWN,
    GAP,
    OTHER_EPOCH
  }

  /** Updates of one batch on the bus; batches end where a record ends. */
  private static final int BATCH = 1_000;

  public final int index;

  private final ShardBounds bounds;
  private final LongSupplier clock;
  private final Consumer<Drop> drops;
  private final Map<String, SymbolSequencer> sequencers = new LinkedHashMap<>();
  private final UpdateRing log;
  private final ChannelLongs touched = new ChannelLongs();
  private String epoch = "";
  private long next;
  private long source = -1;
  private long published;
  private boolean torn;
  private boolean replaying;
  private long lag;

  /**
   * @param drops hears of each record that reaches nobody
   */
  public Shard(int index, ShardBounds bounds, LongSupplier clock, Consumer<Drop> drops) {
    this.index = index;
    this.bounds = bounds;
    this.clock = clock;
    this.drops = drops;
    log = new UpdateRing(bounds.updates());
  }

  /** Forgets everything and begins a numbering. */
  public void begin(String newEpoch) {
    sequencers.clear();
    log.clear();
    epoch = newEpoch;
    next = 0;
    source = -1;
    published = 0;
    torn = false;
    replaying = false;
    lag = 0;
  }

  /**
   * Forgets everything and reads what the source holds already: what comes of it is kept and told
   * to nobody until {@link #open}.
   */
  public void replay(String newEpoch) {
    begin(newEpoch);
    replaying = true;
  }

  /** Whether what is read, here or by the owner that is followed, is older than this numbering. */
  public boolean replaying() {
    return replaying;
  }

  /** What was read so far is where the numbering begins: it can be asked for, and not missed. */
  public void open(String newEpoch) {
    epoch = newEpoch;
    replaying = false;
    log.clear();
    published = next;
  }

  /**
   * Becomes what another replica is; every state may be as of its own shard sequence. What follows
   * the lowest of them and {@code complete} has to be absorbed then.
   *
   * @param complete every symbol that is not among the states first appears from here on
   */
  public void restore(String newEpoch, List<SymbolState> states, long complete) {
    begin(newEpoch);
    long from = complete;
    for (SymbolState state : states) {
      sequencers.put(state.symbol(), SymbolSequencer.of(state, bounds, clock.getAsLong()));
      from = Math.min(from, state.next());
    }
    next = from;
    published = next;
  }

  public String epoch() {
    return epoch;
  }

  public long next() {
    return next;
  }

  /** The position after which the feed goes on; -1 when that is its start. */
  public long source() {
    return source;
  }

  public List<String> symbols() {
    return List.copyOf(sequencers.keySet());
  }

  /** Every symbol that there is. */
  public Collection<SymbolSequencer> sequencers() {
    return sequencers.values();
  }

  public int size() {
    return sequencers.size();
  }

  /** When an update of the channel last came, by the injected clock; 0 for never. */
  public long touched(Channel channel) {
    return touched.get(channel);
  }

  /** How much older than its arrival the last record was, in milliseconds. */
  public long lag() {
    return lag;
  }

  /** A symbol turned out to be unknown here: only a restored state helps. */
  public boolean torn() {
    return torn;
  }

  public void apply(long position, FeedRecord record) {
    source = position;
    SymbolSequencer sequencer = sequencers.get(record.symbol());
    if (sequencer == null) {
      if (record.event() instanceof Status status && status.is(State.DELAYED)) {
        drops.accept(Drop.UNLISTED);
        return;
      }
      if (sequencers.size() >= bounds.symbols()) {
        drops.accept(Drop.TOO_MANY_SYMBOLS);
        return;
      }
      sequencer = new SymbolSequencer(record.symbol(), bounds);
      sequencers.put(record.symbol(), sequencer);
    }
    long now = clock.getAsLong();
    lag = SourceTime.lag(record.time(), now);
    boolean applied =
        sequencer.apply(
            record,
            now,
            update -> {
              log.add(update, position);
              next++;
              touched.set(update.channel(), now);
            });
    if (!applied) {
      drops.accept(Drop.REPEATED);
    }
  }

  /** A record was read that reaches nobody. */
  public void dropped(Drop why) {
    drops.accept(why);
  }

  /** The source was read up to here, whatever was readable. */
  public void skipTo(long position) {
    source = Math.max(source, position);
  }

  /** Whether {@link #drain} has updates to give. */
  public boolean pending() {
    return published < next && !replaying;
  }

  /** The next updates that nobody was told yet; empty for a heartbeat. */
  public Batch drain(String node, long term) {
    if (replaying) {
      return new Batch(index, epoch, node, term, 0, Batch.REPLAYING, List.of());
    }
    Batch batch = slice(published, BATCH, node, term);
    published = batch.next();
    return batch;
  }

  /** Continues where this replica is: what it knows was published by its owner before. */
  public void takeOver() {
    published = next;
  }

  public Taken absorb(Batch batch) {
    if (!batch.epoch().equals(epoch)) {
      return Taken.OTHER_EPOCH;
    }
    if (batch.first() > next) {
      return Taken.GAP;
    }
    if (batch.next() < next) {
      return Taken.KNOWN;
    }
    long now = clock.getAsLong();
    for (int i = (int) (next - batch.first()); i < batch.updates().size(); i++) {
      Update update = batch.updates().get(i);
      absorb(update, now);
      log.add(update, batch.source());
      next++;
      touched.set(update.channel(), now);
    }
    source = Math.max(source, batch.source());
    replaying = batch.source() == Batch.REPLAYING;
    published = next;
    return Taken.APPLIED;
  }

  private void absorb(Update update, long now) {
    SymbolSequencer sequencer = sequencers.get(update.symbol());
    if (sequencer == null) {
      sequencer = new SymbolSequencer(update.symbol(), bounds);
      sequencers.put(update.symbol(), sequencer);
    }
    long known = sequencer.seq(update.channel());
    if (update.seq() == known + 1) {
      sequencer.absorb(update, now);
    } else if (update.seq() > known) {
      torn = true;
    }
  }

  /** What followed the shard sequence, or null when it is not kept or not of this epoch. */
  public @Nullable Batch missed(@Nullable String askedEpoch, long from, String node, long term) {
    if (!epoch.equals(askedEpoch) || from < next - log.size() || from > next) {
      return null;
    }
    return slice(from, bounds.reply(), node, term);
  }

  private Batch slice(long from, int limit, String node, long term) {
    long first = next - log.size();
    int begin = (int) (from - first);
    int end = Math.min(log.size(), begin + limit);
    while (end < log.size() && end > begin && log.mark(end) == log.mark(end - 1)) {
      end--;
    }
    List<Update> updates = new ArrayList<>(end - begin);
    for (int i = begin; i < end; i++) {
      updates.add(log.get(i));
    }
    long position = end == log.size() ? source : log.mark(Math.max(begin, end - 1));
    return new Batch(index, epoch, node, term, from, position, updates);
  }

  public @Nullable SymbolState state(String symbol) {
    SymbolSequencer sequencer = sequencers.get(symbol);
    return sequencer == null ? null : sequencer.state(index, epoch, next);
  }

  public @Nullable SymbolSequencer sequencer(String symbol) {
    return sequencers.get(symbol);
  }
}
