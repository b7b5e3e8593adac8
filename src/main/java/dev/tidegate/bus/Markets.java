package dev.tidegate.bus;

import java.util.List;
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

  /** What a client can subscribe to for a symbol. */
  public enum Channel {
    BOOK,
    TRADES,
    TICKER,
    CANDLES,
    STATUS
  }

  /** One price level; a size of zero in a delta removes it. */
  public record Level(Decimal price, Decimal size) {}

  /** What happened. */
  public sealed interface Event permits Snapshot, Delta, Trade, Ticker, Candle, Status {}

  /** Replaces the book. Bids from the highest price down, asks from the lowest up. */
  public record Snapshot(List<Level> bids, List<Level> asks) implements Event {}

  /** Sets levels of the book. */
  public record Delta(List<Level> bids, List<Level> asks) implements Event {}

  /** One trade; side is the taker's, {@code buy} or {@code sell}. */
  public record Trade(String id, Decimal price, Decimal size, String side) implements Event {}

  /** Best prices and the last trade, as far as the feed gives them. */
  public record Ticker(
      @Nullable Decimal bid,
      @Nullable Decimal bidSize,
      @Nullable Decimal ask,
      @Nullable Decimal askSize,
      @Nullable Decimal last)
      implements Event {}

  /** The present state of one bar; {@code start} in microseconds, interval as in {@code 1m}. */
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
   * What clients should know of a symbol: {@code live}, {@code delayed}, {@code halted}, {@code
   * maintenance}. A source gives the first two; the rest stands beside the sequences and is added
   * by STREAM.
   *
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
    public Status(String state, String detail) {
      this(state, detail, List.of(), 0, List.of());
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
   * @param source the feed's position after the last update (a Kafka offset), or -1
   */
  public record Batch(
      int shard,
      String epoch,
      String node,
      long term,
      long first,
      long source,
      List<Update> updates) {
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

  /** The symbols of one shard, published by its owner when one is new and every few seconds. */
  public record Directory(int shard, int shards, String epoch, String node, List<String> symbols) {}

  public static final Address<Directory> DIRECTORY =
      new Address<>("market.directory", Directory.class);

  /** Asks every owner to publish its directory now. */
  public static final Address<DirectoryWanted> DIRECTORY_WANTED =
      new Address<>("market.directory.wanted", DirectoryWanted.class);

  /** Sent by a node that has just started. */
  public record DirectoryWanted(String node) {}

  /**
   * How the source of a shard does: {@code live}, or {@code delayed} while the owner cannot read
   * it. It is no function of the records, so it stands outside the sequences; it is repeated with
   * the heartbeat while it is not {@code live}, and said when it is again and now and then.
   *
   * @param time microseconds since the epoch when the state began
   */
  public record FeedState(
      int shard, String epoch, String node, long term, String state, String detail, long time) {}

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
