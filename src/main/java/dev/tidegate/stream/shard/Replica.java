package dev.tidegate.stream.shard;

import dev.tidegate.bus.Markets.Batch;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.stream.observe.StreamMeters;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one instance knows of one shard: the symbols that its sessions need, kept whole by the shard
 * sequence. A hole, a new numbering or silence makes it ask.
 */
public final class Replica {
  private static final long UNKNOWN = -1;
  private static final int MOST_HELD = 2_000;
  private static final long SILENCE = 2_000_000_000L;
  private static final long ASK_AGAIN = 2_500_000_000L;

  final int shard;
  private final Source source;
  private final StreamMeters meters;
  private final Map<String, Instrument> instruments = new HashMap<>();
  private final ArrayDeque<Batch> held = new ArrayDeque<>(0);
  private String epoch = "";
  private long term;
  private long expected = UNKNOWN;
  private long heardAt;
  private long ownerHeardAt;
  private long askedAt;
  private boolean asking;

  /** Where a replica asks; answers come back through {@link #caughtUp} and {@link #loaded}. */
  interface Source {
    void askMissed(int shard, String epoch, long from);

    void askState(int shard, String symbol);

    long nanos();

    /** How long somebody is silent who was last heard then: as far as we listened. */
    long silence(long heardAt);
  }

  Replica(int shard, Source source, StreamMeters meters) {
    this.shard = shard;
    this.source = source;
    this.meters = meters;
    this.heardAt = source.nanos();
    this.ownerHeardAt = heardAt;
  }

  public Map<String, Instrument> instruments() {
    return instruments;
  }

  public long silence() {
    return source.silence(heardAt);
  }

  /** Whether the owner itself has said nothing for longer than its heartbeat allows. */
  boolean unheard() {
    return source.silence(ownerHeardAt) > SILENCE && !epoch.isEmpty();
  }

  /** Adds a symbol and asks for its state. */
  void follow(Instrument instrument) {
    instruments.put(instrument.symbol, instrument);
    instrument.doubt(expected);
    source.askState(shard, instrument.symbol);
  }

  void hear(Batch batch) {
    if (!batch.epoch().equals(epoch) && !adopt(batch)) {
      return;
    }
    term = Math.max(term, batch.term());
    heardAt = source.nanos();
    ownerHeardAt = heardAt;
    if (expected == UNKNOWN) {
      expected = batch.first();
    }
    if (batch.first() > expected) {
      hold(batch);
    } else {
      apply(batch);
    }
  }

  /** A numbering that is not ours: a newer owner's replaces it, an older one's is not heard. */
  private boolean adopt(Batch batch) {
    if (batch.term() < term) {
      return false;
    }
    boolean first = epoch.isEmpty();
    epoch = batch.epoch();
    expected = batch.first();
    held.clear();
    asking = false;
    if (first) {
      instruments.values().forEach(instrument -> instrument.doubt(expected));
    } else {
      reload();
    }
    return true;
  }

  private void hold(Batch batch) {
    meters.gap();
    if (held.size() >= MOST_HELD) {
      held.clear();
      reloadFrom(batch.first());
      apply(batch);
      return;
    }
    if (!batch.updates().isEmpty()) {
      held.add(batch);
    }
    ask();
  }

  private void ask() {
    long now = source.nanos();
    if (!asking || now - askedAt > ASK_AGAIN) {
      asking = true;
      askedAt = now;
      source.askMissed(shard, epoch, expected);
    }
  }

  private void apply(Batch batch) {
    List<Update> updates = batch.updates();
    int from = (int) Math.min(updates.size(), expected - batch.first());
    for (int i = from; i < updates.size(); i++) {
      Update update = updates.get(i);
      Instrument instrument = instruments.get(update.symbol());
      if (instrument != null) {
        meters.heard(update.channel(), heardAt);
        if (!instrument.accept(batch.first() + i, update)) {
          instrument.doubt(batch.first() + i + 1);
          source.askState(shard, update.symbol());
        }
      }
    }
    expected = Math.max(expected, batch.next());
  }

  /** The answer to a question for what was missed; null when it is no longer kept. */
  void caughtUp(@Nullable Batch missed) {
    asking = false;
    if (missed == null || !missed.epoch().equals(epoch) || missed.first() > expected) {
      if (missed != null && !missed.epoch().equals(epoch)) {
        hear(missed);
        return;
      }
      Batch first = held.peek();
      if (first != null) {
        reloadFrom(first.first());
        release();
      }
      return;
    }
    heardAt = source.nanos();
    apply(missed);
    release();
  }

  /** Nobody answered. */
  void notCaughtUp() {
    asking = false;
  }

  private void release() {
    for (Batch batch = held.peek(); batch != null && batch.first() <= expected; ) {
      apply(held.remove());
      batch = held.peek();
    }
    if (!held.isEmpty()) {
      ask();
    }
  }

  private void reloadFrom(long from) {
    expected = from;
    reload();
  }

  private void reload() {
    for (Instrument instrument : instruments.values()) {
      instrument.doubt(expected);
      source.askState(shard, instrument.symbol);
    }
  }

  /** The state of a symbol. False when it does not fit what was heard and has to be asked again. */
  boolean loaded(String symbol, SymbolState state) {
    Instrument instrument = instruments.get(symbol);
    if (instrument == null || instrument.ready()) {
      return true;
    }
    if (epoch.isEmpty()) {
      epoch = state.epoch();
      expected = state.next();
    }
    if (!epoch.equals(state.epoch()) || state.next() < instrument.heardFrom()) {
      return false;
    }
    instrument.load(state);
    return true;
  }

  /** Called about once a second: silence may mean that the address has gone stale. */
  void check() {
    if (silence() > SILENCE && !epoch.isEmpty()) {
      ask();
    }
  }
}
