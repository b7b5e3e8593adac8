package dev.tidegate.market.book;

import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Candle;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.Spell;
import dev.tidegate.bus.Markets.State;
import dev.tidegate.bus.Markets.Status;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.market.record.FeedRecord;
import dev.tidegate.market.record.UnreadableRecord;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives the updates of one symbol their numbers and keeps what they make of it. {@link #apply}
 * turns a record into updates by looking at the state only, and each update then changes the state
 * through {@link #absorb}, the same way on the owner and on every follower: so they cannot differ.
 */
public final class SymbolSequencer {

  /** Kept of deltas and trades however old they are. */
  private static final int KEPT_ANYWAY = 200;

  private static final String GAP = "source gap: ";
  private static final String UNREPAIRED = GAP + "not repaired yet";
  private static final String BEGAN = "source began again: ";

  /** How the doubts of this gateway begin. */
  private static final List<String> DOUBTS = List.of(GAP, BEGAN, UnreadableRecord.DOUBT);

  public final String symbol;
  final OrderBook book = new OrderBook();

  private final ShardBounds bounds;
  private final ChannelLongs seqs = new ChannelLongs();
  private final ChannelLongs touched = new ChannelLongs();
  private final ChannelLongs lags = new ChannelLongs();
  private final EnumMap<Channel, UpdateRing> kept = new EnumMap<>(Channel.class);
  private final EnumMap<Channel, Update> latest = new EnumMap<>(Channel.class);
  private final Candles candles;
  private final List<Event> derived = new ArrayList<>();

  /** The last status in which the source spoke of itself. */
  private @Nullable Update said;

  private long bookTime;
  private long reopened;
  private long sourceSeq = -1;

  /** The latest time tells a repetition from a new beginning. */
  private final TimeSpan told = new TimeSpan();

  private Channel last = Channel.STATUS;

  SymbolSequencer(String symbol, ShardBounds bounds) {
    this.symbol = symbol;
    this.bounds = bounds;
    candles = new Candles(bounds.candles());
  }

  long seq(Channel channel) {
    return seqs.get(channel);
  }

  private @Nullable Event latest(Channel channel) {
    Update update = latest.get(channel);
    return update == null ? null : update.event();
  }

  /** Whether what is known may be wrong, whoever says so. */
  boolean stale() {
    return latest(Channel.STATUS) instanceof Status s
        && (s.is(State.DELAYED) || !s.delayed().isEmpty());
  }

  /** Whether it is we who doubt what is known, and not the source that calls itself late. */
  private boolean doubted() {
    return latest(Channel.STATUS) instanceof Status s
        && (!s.delayed().isEmpty()
            || (s.is(State.DELAYED) && DOUBTS.stream().anyMatch(s.detail()::startsWith)));
  }

  /** What the source last said of itself, whatever we doubt. */
  private Status venue() {
    return said != null && said.event() instanceof Status s
        ? new Status(s.state(), s.detail())
        : new Status(State.LIVE, "");
  }

  /** Whether the source itself says that nothing is to be expected. */
  public boolean halted() {
    return latest(Channel.STATUS) instanceof Status s && !s.is(State.DELAYED) && !s.is(State.LIVE);
  }

  /** When a halt last ended, by the clock of this node; 0 for never. */
  public long reopened() {
    return reopened;
  }

  /** What the source says, and the gateway of a hole in it. */
  public Status status() {
    return latest(Channel.STATUS) instanceof Status s ? s : new Status(State.LIVE, "");
  }

  /** When an update of the channel last came, by the clock of this node; 0 for never. */
  public long touched(Channel channel) {
    return touched.get(channel);
  }

  /** From when to when the source told of it, as far as this replica knows. */
  public Spell spell() {
    return new Spell(symbol, told.first(), told.last());
  }

  /** How much older than its arrival the channel's last update was, in milliseconds. */
  public long lag(Channel channel) {
    return lags.get(channel);
  }

  /**
   * What the record changes; false when it is a repetition of one that was applied already. A
   * number that steps back with an event that is newer than all before is the source's new
   * beginning.
   */
  boolean apply(FeedRecord record, long now, Consumer<Update> out) {
    long number = record.sourceSeq();
    boolean restart = record.event() instanceof Snapshot;
    boolean back = number >= 0 && number <= sourceSeq && !restart;
    if (back && record.time() <= told.last()) {
      return false;
    }
    judge(record, back, now, out);
    switch (record.event()) {
      case Snapshot snapshot -> replaceBook(record, snapshot, now, out);
      case Delta delta -> changeBook(record, delta, now, out);
      case Trade trade -> {
        candles.derive(trade, record.time(), derived);
        emit(record, trade, now, out);
        for (int i = 0; i < derived.size(); i++) {
          emit(record, derived.get(i), now, out);
        }
        derived.clear();
      }
      case Ticker next -> emit(record, completed(next, record.withdrawn()), now, out);
      case Status status -> announce(record, status, now, out);
      case Candle bar -> throw new IllegalArgumentException("candle: not a record of a feed");
      default -> emit(record, record.event(), now, out);
    }
    return true;
  }

  /** Says what the record's number makes of our confidence. */
  private void judge(FeedRecord record, boolean back, long now, Consumer<Update> out) {
    long number = record.sourceSeq();
    if (!latest.containsKey(Channel.STATUS)) {
      emit(record, new Status(State.LIVE, ""), now, out);
    } else if (back) {
      doubt(record, BEGAN + sourceSeq + " was followed by " + number, now, out);
    } else if (number >= 0
        && sourceSeq >= 0
        && number > sourceSeq + 1
        && !(record.event() instanceof Snapshot)
        && !doubted()) {
      doubt(record, GAP + (sourceSeq + 1) + ".." + (number - 1), now, out);
    } else if (doubted()
        && seq(Channel.BOOK) == 0
        && number <= sourceSeq + 1
        && !(record.event() instanceof Status)) {
      emit(record, venue(), now, out); // without a book nothing is left to be repaired
    }
  }

  /** The venue's state and our doubt are two facts: a halt stays one, with what is in doubt. */
  private void doubt(FeedRecord record, String why, long now, Consumer<Update> out) {
    Status venue = venue();
    boolean flows = venue.is(State.LIVE);
    Status doubted =
        flows
            ? new Status(State.DELAYED, why)
            : new Status(venue.state(), venue.detail(), known(), record.time(), List.of());
    emit(record, doubted, now, out);
  }

  private List<Channel> known() {
    List<Channel> known = new ArrayList<>();
    for (Channel channel : Channel.DATA) {
      if (seq(channel) > 0) {
        known.add(channel);
      }
    }
    return known.isEmpty() ? Channel.DATA : known;
  }

  /** What the source says of itself takes no doubt away. */
  private void announce(FeedRecord record, Status status, long now, Consumer<Update> out) {
    boolean doubted = doubted() && seq(Channel.BOOK) > 0;
    if (status.is(State.DELAYED) && status.detail().startsWith(UnreadableRecord.DOUBT)) {
      doubt(record, status.detail(), now, out);
      return;
    }
    if (doubted && status.is(State.DELAYED)) {
      emit(record, new Status(State.DELAYED, UNREPAIRED + "; " + status.detail()), now, out);
      return;
    }
    emit(record, new Status(status.state(), status.detail()), now, out);
    if (doubted) {
      doubt(record, UNREPAIRED, now, out);
    }
  }

  private void replaceBook(FeedRecord record, Snapshot snapshot, long now, Consumer<Update> out) {
    OrderBook sorted = new OrderBook();
    sorted.replace(snapshot);
    trim(sorted);
    emit(record, sorted.snapshot(), now, out);
    if (stale()) {
      emit(record, venue(), now, out);
    }
  }

  private void trim(OrderBook sorted) {
    Delta excess = sorted.excess(bounds.levels());
    if (excess != null) {
      sorted.apply(excess);
    }
  }

  /** Without a snapshot the first delta is the book's start. */
  private void changeBook(FeedRecord record, Delta delta, long now, Consumer<Update> out) {
    if (seq(Channel.BOOK) == 0) {
      replaceBook(record, new Snapshot(delta.bids(), delta.asks()), now, out);
      return;
    }
    emit(record, delta, now, out);
    Delta excess = book.excess(bounds.levels());
    if (excess != null) {
      emit(record, excess, now, out);
    }
  }

  /** What the record leaves out is as it was, so that the last ticker alone says everything. */
  private Ticker completed(Ticker next, Set<Side> withdrawn) {
    Ticker before =
        latest(Channel.TICKER) instanceof Ticker t ? t : new Ticker(null, null, null, null, null);
    boolean bid = next.bid() != null || withdrawn.contains(Side.BUY);
    boolean ask = next.ask() != null || withdrawn.contains(Side.SELL);
    return new Ticker(
        bid ? next.bid() : before.bid(),
        bid ? next.bidSize() : before.bidSize(),
        ask ? next.ask() : before.ask(),
        ask ? next.askSize() : before.askSize(),
        next.last() != null ? next.last() : lastPrice(before));
  }

  private @Nullable Decimal lastPrice(Ticker before) {
    UpdateRing trades = kept.get(Channel.TRADES);
    return trades != null && trades.get(trades.size() - 1).event() instanceof Trade t
        ? t.price()
        : before.last();
  }

  private void emit(FeedRecord record, Event event, long now, Consumer<Update> out) {
    Channel channel = event.channel();
    long seq = seq(channel) + 1;
    Update update = new Update(symbol, channel, seq, record.time(), event, record.sourceSeq());
    absorb(update, now);
    out.accept(update);
  }

  /** Changes the state by one update; the only place that does. */
  void absorb(Update update, long now) {
    seqs.set(update.channel(), update.seq());
    touched.set(update.channel(), now);
    lags.set(update.channel(), SourceTime.lag(update.time(), now));
    sourceSeq = update.sourceSeq() >= 0 ? update.sourceSeq() : sourceSeq;
    told.add(update.time());
    last = update.channel();
    switch (update.event()) {
      case Snapshot snapshot -> {
        book.replace(snapshot);
        bookTime = update.time();
      }
      case Delta delta -> {
        book.apply(delta);
        bookTime = update.time();
      }
      case Candle bar -> candles.absorb(update, bar);
      default -> {}
    }
    boolean before = last == Channel.STATUS && halted();
    keep(update, now);
    reopened = before && !halted() ? now : reopened;
  }

  private void keep(Update update, long now) {
    Channel channel = update.channel();
    if (channel.each()) {
      UpdateRing ring = ring(channel);
      ring.add(update, now);
      // By the clock of arrival: what clients are promised is wall time, also in a fast replay.
      ring.expire(now - bounds.ageMillis(), KEPT_ANYWAY);
    } else if (channel != Channel.CANDLES) {
      latest.put(channel, update);
      if (update.event() instanceof Status status && !status.is(State.DELAYED)) {
        said = update;
      }
    }
  }

  private UpdateRing ring(Channel channel) {
    UpdateRing ring = kept.get(channel);
    if (ring == null) {
      ring = new UpdateRing(channel == Channel.BOOK ? bounds.deltas() : bounds.trades());
      kept.put(channel, ring);
    }
    return ring;
  }

  /** The channel that changed last comes last, so that its update tells the source's number. */
  SymbolState state(int shard, String epoch, long next) {
    List<Update> recent = new ArrayList<>();
    for (Channel channel : Channel.values()) {
      if (channel != last) {
        copy(channel, recent);
      }
    }
    copy(last, recent);
    return new SymbolState(
        symbol,
        shard,
        epoch,
        next,
        seq(Channel.BOOK),
        bookTime,
        book.snapshot(),
        seq(Channel.TRADES),
        recent);
  }

  private void copy(Channel channel, List<Update> out) {
    if (channel == Channel.CANDLES) {
      candles.copyTo(out);
      return;
    }
    UpdateRing ring = kept.get(channel);
    Update update = latest.get(channel);
    if (ring != null) {
      ring.copyTo(out);
    } else if (update != null) {
      if (channel == Channel.STATUS && said != null && said.seq() != update.seq()) {
        out.add(said);
      }
      out.add(update);
    }
  }

  /** The state that another replica gave. */
  static SymbolSequencer of(SymbolState state, ShardBounds bounds, long now) {
    SymbolSequencer sequencer = new SymbolSequencer(state.symbol(), bounds);
    for (Update update : state.recent()) {
      if (update.channel() == Channel.BOOK) {
        sequencer.ring(Channel.BOOK).add(update, now);
      } else {
        sequencer.absorb(update, now);
      }
    }
    for (Update update : state.recent()) {
      Channel channel = update.channel();
      sequencer.seqs.set(channel, Math.max(sequencer.seq(channel), update.seq()));
      sequencer.touched.set(channel, SourceTime.arrived(update.time(), now));
      sequencer.lags.set(channel, 0);
      sequencer.last = channel;
      sequencer.sourceSeq = update.sourceSeq() >= 0 ? update.sourceSeq() : sequencer.sourceSeq;
      sequencer.told.add(update.time());
    }
    // The state does not say whether it was a halt that ended; the first status is no end of one.
    if (sequencer.seq(Channel.STATUS) > 1 && !sequencer.halted()) {
      sequencer.reopened = sequencer.touched(Channel.STATUS);
    }
    sequencer.book.replace(state.book());
    sequencer.bookTime = state.bookTime();
    sequencer.seqs.set(Channel.BOOK, state.bookSeq());
    sequencer.seqs.set(Channel.TRADES, state.tradeSeq());
    return sequencer;
  }
}
