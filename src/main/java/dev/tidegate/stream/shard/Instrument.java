package dev.tidegate.stream.shard;

import dev.tidegate.bus.Listing;
import dev.tidegate.bus.Markets.Candle;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.State;
import dev.tidegate.bus.Markets.Status;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.topic.Book;
import dev.tidegate.stream.topic.BookTopic;
import dev.tidegate.stream.topic.CandlesTopic;
import dev.tidegate.stream.topic.EventsTopic;
import dev.tidegate.stream.topic.LatestTopic;
import dev.tidegate.stream.topic.Overlay;
import dev.tidegate.stream.topic.StatusTopic;
import dev.tidegate.stream.topic.Topic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntSupplier;

/**
 * One symbol as this instance knows it: its book, its topics, and, while its state is on the way,
 * the updates that came meanwhile.
 */
public final class Instrument {
  private static final int MOST_BUFFERED = 20_000;

  /** Ends the epoch of a symbol that is not listed: no owner's is like it. */
  private static final String GONE = "~";

  public final String symbol;
  private final IntSupplier ids;
  private final Topic.Versions versions;
  private final Book book = new Book();
  private final BookTopic.Common common;
  private final BookTopic full;
  private final List<BookTopic> views = new ArrayList<>(0);
  private final StatusTopic status;

  /** The topics of channels that have one for each symbol; the book and candles have several. */
  private final EnumMap<Channel, Topic> single = new EnumMap<>(Channel.class);

  private final Map<String, CandlesTopic> candles = HashMap.newHashMap(2);
  private final ArrayDeque<Numbered> buffer = new ArrayDeque<>(0);
  private List<Runnable> waiting = new ArrayList<>(1);
  private boolean ready;
  private long next;
  private long heardFrom;
  private long candleSeq;
  private int users;
  private long unusedSince;

  private record Numbered(long shardSeq, Update update) {}

  public Instrument(String symbol, Kept kept, IntSupplier ids, Topic.Versions versions) {
    this.symbol = symbol;
    this.ids = ids;
    this.versions = versions;
    this.common = new BookTopic.Common(symbol, kept.deltas(), book, versions, this::book);
    this.full = new BookTopic(ids.getAsInt(), BookTopic.FULL, common);
    this.status = new StatusTopic(ids.getAsInt(), symbol, versions, this::has);
    for (Channel channel : Channel.values()) {
      switch (channel) {
        case BOOK, CANDLES -> {}
        case STATUS -> single.put(channel, status);
        default -> single.put(channel, topic(channel, kept));
      }
    }
  }

  private Topic topic(Channel channel, Kept kept) {
    return channel.each()
        ? new EventsTopic(ids.getAsInt(), symbol, channel, kept.trades(), versions)
        : new LatestTopic(ids.getAsInt(), symbol, channel, versions);
  }

  private CandlesTopic bars(String interval) {
    return new CandlesTopic(ids.getAsInt(), symbol, interval, versions);
  }

  public boolean ready() {
    return ready;
  }

  /** Lays over the status what stands beside the numbered data. */
  void overlay(Overlay overlay, long nowMicros) {
    status.overlay(overlay, nowMicros);
  }

  private boolean has(Channel channel) {
    return switch (channel) {
      case BOOK -> full.seq > 0;
      case CANDLES -> candleSeq > 0;
      case STATUS -> false;
      default -> single(channel).seq > 0;
    };
  }

  String epoch() {
    return full.epoch;
  }

  /** Runs the task once the symbol's state is here, at once when it is. */
  public void whenReady(Runnable task) {
    if (ready) {
      task.run();
    } else {
      waiting.add(task);
    }
  }

  public void use() {
    users++;
  }

  public void release(long nanos) {
    if (--users == 0) {
      unusedSince = nanos;
    }
  }

  boolean unusedFor(long nanos, long now) {
    return users == 0 && now - unusedSince > nanos;
  }

  public Topic topic(Op.Key key) {
    return switch (key.market()) {
      case CANDLES -> candles(key.interval());
      case BOOK -> book(key.depth());
      case null ->
          throw new IllegalArgumentException("key: " + key + " (expected a market channel)");
      default -> single(key.market());
    };
  }

  private Topic single(Channel channel) {
    return Objects.requireNonNull(single.get(channel));
  }

  /** A negative depth is for a view that stands in for a deeper book. */
  Topic book(int depth) {
    if (depth == BookTopic.FULL) {
      return full;
    }
    for (BookTopic view : views) {
      if (view.depth() == Math.abs(depth) && view.instead() == depth < 0) {
        return view;
      }
    }
    BookTopic view = new BookTopic(ids.getAsInt(), depth, common);
    view.look(full.epoch, full.seq, full.time);
    views.add(view);
    return view;
  }

  private CandlesTopic candles(String interval) {
    CandlesTopic topic = candles.get(interval);
    if (topic == null) {
      topic = bars(interval);
      topic.restart(full.epoch, candleSeq, full.time, false);
      candles.put(interval, topic);
    }
    return topic;
  }

  /** Takes the update with its shard sequence; false when there are too many to hold. */
  public boolean accept(long shardSeq, Update update) {
    if (!ready) {
      buffer.add(new Numbered(shardSeq, update));
      return buffer.size() <= MOST_BUFFERED;
    }
    if (shardSeq >= next) {
      apply(update);
    }
    return true;
  }

  /**
   * What was known is doubtful; readers wait where they are until the state comes. Updates from
   * this shard sequence on will be here.
   */
  public void doubt(long from) {
    ready = false;
    heardFrom = from;
    buffer.clear();
  }

  long heardFrom() {
    return heardFrom;
  }

  public void load(SymbolState state) {
    String epoch = state.epoch();
    next = state.next();
    book.apply(state.book());
    Map<Channel, List<Update>> history = new HashMap<>();
    for (Update update : state.recent()) {
      history.computeIfAbsent(update.channel(), c -> new ArrayList<>()).add(update);
    }
    long time = state.bookTime();
    full.reload(epoch, state.bookSeq(), time, of(history, Channel.BOOK));
    single.forEach(
        (channel, topic) -> {
          if (topic instanceof EventsTopic) {
            topic.reload(epoch, seq(state, topic, history), time, of(history, channel));
          } else if (topic != status) {
            latest(topic, epoch, of(history, channel));
          }
        });
    for (BookTopic view : views) {
      view.look(epoch, state.bookSeq(), time);
    }
    reloadCandles(epoch, of(history, Channel.CANDLES));
    latest(status, epoch, of(history, Channel.STATUS));
    status.refresh();
    ready = true;
    for (Numbered late = buffer.poll(); late != null; late = buffer.poll()) {
      accept(late.shardSeq(), late.update());
    }
    List<Runnable> tasks = waiting;
    waiting = new ArrayList<>(0);
    tasks.forEach(Runnable::run);
  }

  /** Ends the numbering with an empty book and a status that says so. */
  void delist(Listing.Gone gone, long time) {
    Status over = new Status(State.HALTED.text(), "no longer listed");
    Update status = new Update(symbol, Channel.STATUS, 1, time, over);
    String epoch = gone.epoch() + GONE;
    Snapshot empty = new Snapshot(List.of(), List.of());
    load(new SymbolState(symbol, gone.shard(), epoch, 0, 1, time, empty, 0, List.of(status)));
  }

  /** Whether the numbering has ended, and no other has begun. */
  boolean delisted() {
    return full.epoch.endsWith(GONE);
  }

  private static List<Update> of(Map<Channel, List<Update>> history, Channel channel) {
    List<Update> updates = history.get(channel);
    return updates == null ? List.of() : updates;
  }

  /** Where a list of events stands; one that has come is kept, however old. */
  private static long seq(SymbolState state, Topic topic, Map<Channel, List<Update>> history) {
    List<Update> kept = of(history, topic.channel);
    long last = kept.isEmpty() ? 0 : kept.getLast().seq();
    return topic.channel == Channel.TRADES ? state.tradeSeq() : last;
  }

  private static void latest(Topic topic, String epoch, List<Update> history) {
    if (!history.isEmpty()) {
      Update last = history.getLast();
      topic.reload(
          epoch, last.seq(), last.time(), history.subList(history.size() - 1, history.size()));
    } else if (topic.epoch.equals(epoch)) {
      topic.reload(epoch, topic.seq, topic.time, history);
    } else {
      topic.reload(epoch, 0, topic.time, history);
    }
  }

  private void reloadCandles(String epoch, List<Update> history) {
    Map<String, List<Update>> bars = new HashMap<>();
    for (Update update : history) {
      if (update.event() instanceof Candle candle) {
        candleSeq = update.seq();
        bars.computeIfAbsent(candle.interval(), k -> new ArrayList<>()).add(update);
      }
    }
    for (String interval : bars.keySet()) {
      candles.computeIfAbsent(interval, this::bars);
    }
    candles.forEach(
        (interval, topic) ->
            topic.reloadBars(epoch, full.time, bars.getOrDefault(interval, List.of())));
  }

  /** How far the owner has come in a channel, by a state that it gave. */
  public static long head(SymbolState state, Channel channel) {
    return switch (channel) {
      case BOOK -> state.bookSeq();
      case TRADES -> state.tradeSeq();
      default ->
          state.recent().stream()
              .filter(update -> update.channel() == channel)
              .mapToLong(Update::seq)
              .max()
              .orElse(0);
    };
  }

  private void apply(Update update) {
    long seq = update.seq();
    long time = update.time();
    switch (update.channel()) {
      case BOOK -> book(seq, time, update);
      case CANDLES -> {
        if (update.event() instanceof Candle candle) {
          candleSeq = seq;
          follow(candles(candle.interval()), seq, time, update);
        }
      }
      default -> follow(single(update.channel()), seq, time, update);
    }
  }

  private static void follow(Topic topic, long seq, long time, Update update) {
    if (seq > topic.seq) {
      topic.follow(seq, time, update.event());
    }
  }

  private void book(long seq, long time, Update update) {
    if (seq <= full.seq) {
      return;
    }
    switch (update.event()) {
      case Snapshot snapshot -> book.apply(snapshot);
      case Delta delta -> book.apply(delta);
      default -> throw new IllegalArgumentException("book update: " + update.event());
    }
    full.follow(seq, time, update.event());
    for (int i = 0; i < views.size(); i++) {
      views.get(i).follow(seq, time, update.event());
    }
  }
}
