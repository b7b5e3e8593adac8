package dev.tidegate.bus;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The conversation between MARKET and STREAM.
 *
 * <p>A shard's owner numbers everything that it publishes with the <em>shard sequence</em>, one by
 * one, and each update also with the sequence of its channel and symbol, one by one. Both are a
 * function of the feed's records alone, so that whoever takes a shard over from the last state that
 * it saw continues the same numbers under the same epoch.
 */
public final class Markets {
  private Markets() {}

  /**
   * What a client can subscribe to for a symbol. An update of a channel that this release does not
   * have cannot be read, because its number cannot be left out: every node learns of a channel
   * before the first one uses it.
   */
  public enum Channel {
    BOOK(true),
    TRADES(true),
    TICKER(false),
    CANDLES(false),
    STATUS(false);

    private static final Map<String, Channel> BY_TEXT = byText(values(), Channel::text);

    /** Those whose data comes from a feed and may be late. */
    public static final List<Channel> DATA =
        Stream.of(values()).filter(channel -> channel != STATUS).toList();

    private final String text = name().toLowerCase(Locale.ROOT);
    private final boolean each;

    Channel(boolean each) {
      this.each = each;
    }

    /**
     * Whether every update counts and is kept for a while; else the last one says all there is (of
     * candles the last one of each bar).
     */
    public boolean each() {
      return each;
    }

    /** As clients and operators see it. */
    public String text() {
      return text;
    }

    /** Null when there is no such channel of market data. */
    public static @Nullable Channel named(String text) {
      return BY_TEXT.get(text);
    }
  }

  /** How long a bar of the channel candles lasts. */
  public enum Interval {
    SECOND("1s", 1),
    MINUTE("1m", 60),
    FIVE_MINUTES("5m", 300),
    HOUR("1h", 3600);

    private static final Map<String, Interval> BY_TEXT = byText(values(), Interval::text);

    /** The names, from the shortest on. */
    public static final List<String> TEXTS = Stream.of(values()).map(Interval::text).toList();

    private final String text;
    private final long micros;

    Interval(String text, long seconds) {
      this.text = text;
      this.micros = seconds * 1_000_000;
    }

    public String text() {
      return text;
    }

    public long micros() {
      return micros;
    }

    /** Null when no such bars are made. */
    public static @Nullable Interval named(String text) {
      return BY_TEXT.get(text);
    }
  }

  /** What a symbol is, or the source of a shard. */
  public enum State {
    LIVE,
    /** Data is late or missing. */
    DELAYED,
    /** The source gives no data, and means it. */
    HALTED,
    MAINTENANCE;

    private static final Map<String, State> BY_TEXT = byText(values(), State::text);

    private final String text = name().toLowerCase(Locale.ROOT);

    public String text() {
      return text;
    }

    /** Null when this release does not know the state; it is told to clients as it came. */
    public static @Nullable State named(String text) {
      return BY_TEXT.get(text);
    }
  }

  /** Who took a trade. */
  public enum Side {
    BUY,
    SELL;

    private static final Map<String, Side> BY_TEXT = byText(values(), Side::text);

    private final String text = name().toLowerCase(Locale.ROOT);

    public String text() {
      return text;
    }

    public Side other() {
      return this == BUY ? SELL : BUY;
    }

    /** Null when it is neither. */
    public static @Nullable Side named(String text) {
      return BY_TEXT.get(text);
    }
  }

  private static <E> Map<String, E> byText(E[] values, Function<E, String> text) {
    return Stream.of(values).collect(Collectors.toUnmodifiableMap(text, value -> value));
  }

  /** One price level; a size of zero in a delta removes it. */
  public record Level(Decimal price, Decimal size) {}

  /** What happened. */
  public sealed interface Event permits Snapshot, Delta, Trade, Ticker, Candle, Status {
    /** Where it is said. */
    default Channel channel() {
      return switch (this) {
        case Snapshot e -> Channel.BOOK;
        case Delta e -> Channel.BOOK;
        case Trade e -> Channel.TRADES;
        case Ticker e -> Channel.TICKER;
        case Candle e -> Channel.CANDLES;
        case Status e -> Channel.STATUS;
      };
    }
  }

  /** Replaces the book. Bids from the highest price down, asks from the lowest up. */
  public record Snapshot(List<Level> bids, List<Level> asks) implements Event {}

  /** Sets levels of the book. */
  public record Delta(List<Level> bids, List<Level> asks) implements Event {}

  /** One trade; side is the taker's. */
  public record Trade(String id, Decimal price, Decimal size, Side side) implements Event {}

  /** Best prices and the last trade, as far as the feed gives them. */
  public record Ticker(
      @Nullable Decimal bid,
      @Nullable Decimal bidSize,
      @Nullable Decimal ask,
      @Nullable Decimal askSize,
      @Nullable Decimal last)
      implements Event {}

  /**
   * The present state of one bar.
   *
   * @param interval the text of an {@link Interval}, or of one that a newer node has
   * @param start microseconds since the epoch
   */
  public record Candle(
      String interval,
      long start,
      Decimal open,
      Decimal high,
      Decimal low,
      Decimal close,
      Decimal volume,
      long trades,
      boolean closed)
      implements Event {}

  /**
   * What clients should know of a symbol. A source gives state and detail; the rest stands beside
   * the sequences and is added by STREAM.
   *
   * @param state the text of a {@link State}; what a newer node says beyond those is passed on
   * @param delayed the channels that are delayed
   * @param since when the state began, microseconds since the epoch, or 0 when that is not known
   * @param announced what operators announced for the symbol, the soonest first
   */
  public record Status(
      String state,
      String detail,
      List<Channel> delayed,
      long since,
      List<Announcements.Announcement> announced)
      implements Event {
    public Status(State state, String detail) {
      this(state.text(), detail);
    }

    public Status(String state, String detail) {
      this(state, detail, List.of(), 0, List.of());
    }

    public boolean is(State other) {
      return state.equals(other.text());
    }

    boolean plain() {
      return delayed.isEmpty() && since == 0 && announced.isEmpty();
    }
  }

  /**
   * One event under its channel's next sequence.
   *
   * @param time microseconds since the epoch of the source event
   * @param sourceSeq the source's own number of the record that this comes from, or -1: a replica
   *     must know it to see a hole in the source where the owner would have seen it
   */
  public record Update(
      String symbol, Channel channel, long seq, long time, Event event, long sourceSeq) {
    public Update(String symbol, Channel channel, long seq, long time, Event event) {
      this(symbol, channel, seq, time, event, -1);
    }
  }

  /**
   * Consecutive updates of one shard; with none it is the owner's heartbeat.
   *
   * @param epoch names one numbering; the same epoch and sequence always mean the same update
   * @param term rises with every change of owner; a batch of a lower term than one already seen is
   *     still correct, but its sender has been replaced
   * @param first the shard sequence of the first update, or the next one to come
   * @param source the feed's position after the last update (a Kafka offset), or -1, or {@link
   *     #REPLAYING}
   */
  public record Batch(
      int shard,
      String epoch,
      String node,
      long term,
      long first,
      long source,
      List<Update> updates) {
    /** In the place of a position: the owner still reads what its feed held before it began. */
    public static final long REPLAYING = -2;

    public long next() {
      return first + updates.size();
    }
  }

  /**
   * Asks a replica of the shard for what was missed ({@code symbol} null: the batches from shard
   * sequence {@code from} on) or for the whole state of one symbol.
   */
  public record CatchUp(int shard, @Nullable String symbol, @Nullable String epoch, long from) {}

  /**
   * The answer. {@code missed}: updates from the asked shard sequence on, or null when they are no
   * longer kept. {@code state}: the symbol, or null when the shard does not know it.
   */
  public record CaughtUp(@Nullable Batch missed, @Nullable SymbolState state) {}

  /**
   * Everything about one symbol as of shard sequence {@code next} (exclusive).
   *
   * @param bookSeq 0 when there is no book yet, like the other sequences
   * @param recent the kept updates of every channel in order, oldest first: enough to resume from
   */
  public record SymbolState(
      String symbol,
      int shard,
      String epoch,
      long next,
      long bookSeq,
      long bookTime,
      Snapshot book,
      long tradeSeq,
      List<Update> recent) {}

  /**
   * From when to when a shard was told of a symbol, in microseconds since the epoch of the source's
   * events.
   */
  public record Spell(String symbol, long first, long last) {}

  /**
   * The symbols of one shard, published by its owner when one is new and every few seconds.
   *
   * @param contested of those that other shards list as well; see {@link Listing} for whose they
   *     are
   */
  public record Directory(
      int shard,
      int shards,
      String epoch,
      String node,
      List<String> symbols,
      List<Spell> contested) {
    public Directory(int shard, int shards, String epoch, String node, List<String> symbols) {
      this(shard, shards, epoch, node, symbols, List.of());
    }
  }

  public static final Address<Directory> DIRECTORY =
      new Address<>("market.directory", Directory.class);

  /** Asks every owner to publish its directory now. */
  public static final Address<DirectoryWanted> DIRECTORY_WANTED =
      new Address<>("market.directory.wanted", DirectoryWanted.class);

  /** Sent by a node that has just started. */
  public record DirectoryWanted(String node) {}

  /**
   * How the source of a shard does: live, or delayed while the owner cannot read it. It is no
   * function of the records, so it stands outside the sequences; it is repeated with the heartbeat
   * while it is not live, and said when it is again and now and then.
   *
   * @param time microseconds since the epoch when the state began
   */
  public record FeedState(
      int shard, String epoch, String node, long term, State state, String detail, long time) {}

  public static final Address<FeedState> FEED_STATE =
      new Address<>("market.feed-state", FeedState.class);

  /** In the place of a symbol: every symbol of the shard. */
  public static final String ALL = "*";

  /**
   * A symbol that is silent on some of its channels; on none when it is live again.
   *
   * @param symbol or {@link #ALL}: every symbol of the shard, on those of the channels that it has
   * @param since microseconds since the epoch, when the last event came
   */
  public record Delayed(String symbol, List<Channel> channels, long since) {}

  /**
   * What is silent in a shard although its source can be read. It is no function of the records
   * either, so it stands outside the sequences. A change is told at once, the whole with every
   * directory; what was said under a lower term no longer counts.
   *
   * @param whole whoever is not named is not delayed; else who is not named is as before
   */
  public record Delays(
      int shard, String epoch, String node, long term, boolean whole, List<Delayed> delayed) {}

  public static final Address<Delays> DELAYS = new Address<>("market.delays", Delays.class);

  /**
   * A node that runs MARKET says that it is there.
   *
   * @param member the node's name in the cluster's membership
   * @param leaving the node gives its shards up now
   */
  public record Present(String node, String member, boolean leaving) {}

  public static final Address<Present> PRESENT = new Address<>("market.present", Present.class);

  /** Records of the feed topic's form that reached a node which does not own their shard. */
  public record Fed(int shard, List<String> records) {}

  public static Address<Fed> fed(int shard) {
    return new Address<>("market.fed." + shard, Fed.class);
  }

  public static Address<Batch> updates(int shard) {
    return new Address<>("market.update." + shard, Batch.class);
  }

  public static Address<CatchUp> catchUp(int shard) {
    return new Address<>("market.catch-up." + shard, CatchUp.class);
  }
}
