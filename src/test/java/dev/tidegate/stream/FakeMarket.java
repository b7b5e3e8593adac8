package dev.tidegate.stream;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.Batch;
import dev.tidegate.bus.Markets.CatchUp;
import dev.tidegate.bus.Markets.CaughtUp;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Directory;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.Spell;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.stream.topic.Book;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An owner of one shard that a test drives by hand; keeps everything that it ever said. */
public final class FakeMarket {
  final int shard;
  private final Bus bus;
  private final List<String> symbols;
  private final List<Update> said = new ArrayList<>();
  private final Map<String, Map<Channel, Long>> seqs = new HashMap<>();
  private final Map<String, Book> books = new HashMap<>();
  private List<Spell> spells = List.of();
  private String epoch = "e1";
  private long term = 1;
  private int kept = Integer.MAX_VALUE;
  private boolean remembers = true;

  public FakeMarket(Bus bus, int shard, List<String> symbols) {
    this.bus = bus;
    this.shard = shard;
    this.symbols = new ArrayList<>(symbols);
  }

  /** A benchmark cannot keep everything. */
  public FakeMarket forgetful() {
    remembers = false;
    return this;
  }

  public void start() {
    bus.answer(Markets.catchUp(shard), CaughtUp.class, this::answer);
    bus.hear(Markets.DIRECTORY_WANTED, wanted -> announce());
    announce();
  }

  public synchronized void list(String symbol) {
    symbols.add(symbol);
    announce();
  }

  /** The feed begins anew, without the symbol. */
  public synchronized void delist(String symbol, String newEpoch) {
    symbols.remove(symbol);
    newEpoch(newEpoch);
    announce();
  }

  /** Says what it was told of symbols that others list as well. */
  public synchronized void claim(Spell... contested) {
    spells = List.of(contested);
    announce();
  }

  private synchronized void announce() {
    List<String> listed = List.copyOf(symbols);
    bus.publish(Markets.DIRECTORY, new Directory(shard, 1, epoch, "market", listed, spells));
  }

  private long shardSeq = 1;

  private synchronized Future<CaughtUp> answer(CatchUp question) {
    String symbol = question.symbol();
    if (symbol == null) {
      if (question.from() < shardSeq - said.size()) {
        return Future.succeededFuture(new CaughtUp(null, null));
      }
      int from = (int) (question.from() - (shardSeq - said.size()));
      List<Update> missed = List.copyOf(said.subList(Math.min(from, said.size()), said.size()));
      return Future.succeededFuture(new CaughtUp(batch(shardSeq - missed.size(), missed), null));
    }
    return Future.succeededFuture(
        new CaughtUp(null, symbols.contains(symbol) ? state(symbol) : null));
  }

  private SymbolState state(String symbol) {
    List<Update> recent = new ArrayList<>();
    long bookTime = 0;
    for (Update update : said) {
      if (update.symbol().equals(symbol)) {
        recent.add(update);
        bookTime = update.time();
      }
    }
    if (recent.size() > kept) {
      recent = recent.subList(recent.size() - kept, recent.size());
    }
    Book book = books.get(symbol);
    return new SymbolState(
        symbol,
        shard,
        epoch,
        shardSeq,
        seq(symbol, Channel.BOOK),
        bookTime,
        book == null ? new Snapshot(List.of(), List.of()) : book.snapshot(Integer.MAX_VALUE),
        seq(symbol, Channel.TRADES),
        List.copyOf(recent));
  }

  private long seq(String symbol, Channel channel) {
    return seqs.getOrDefault(symbol, Map.of()).getOrDefault(channel, 0L);
  }

  private Batch batch(long first, List<Update> updates) {
    return new Batch(shard, epoch, "market", term, first, -1, updates);
  }

  /** Numbers an event, remembers it and does not tell anybody. */
  public synchronized Update silently(String symbol, Channel channel, long time, Event event) {
    long seq =
        seqs.computeIfAbsent(symbol, k -> new EnumMap<>(Channel.class))
            .merge(channel, 1L, Long::sum);
    Update update = new Update(symbol, channel, seq, time, event);
    shardSeq++;
    if (remembers) {
      said.add(update);
    }
    Book book = books.computeIfAbsent(symbol, k -> new Book());
    if (event instanceof Snapshot snapshot) {
      book.apply(snapshot);
    } else if (event instanceof Delta delta) {
      book.apply(delta);
    }
    return update;
  }

  public synchronized void say(String symbol, Channel channel, long time, Event event) {
    Update update = silently(symbol, channel, time, event);
    bus.publish(Markets.updates(shard), batch(shardSeq - 1, List.of(update)));
  }

  /** The batch of what was numbered last. */
  public synchronized Batch last(List<Update> updates) {
    return batch(shardSeq - updates.size(), updates);
  }

  public synchronized void heartbeat() {
    bus.publish(Markets.updates(shard), batch(shardSeq, List.of()));
  }

  /** Says once more what was said last. */
  synchronized void repeat(int count) {
    List<Update> last = List.copyOf(said.subList(said.size() - count, said.size()));
    bus.publish(Markets.updates(shard), batch(shardSeq - count, last));
  }

  /** Another owner, another numbering; only the books remain. */
  public synchronized void newEpoch(String newEpoch) {
    epoch = newEpoch;
    term++;
    said.clear();
    seqs.clear();
    shardSeq = 1;
    for (String symbol : symbols) {
      Book book = books.get(symbol);
      if (book != null) {
        silently(symbol, Channel.BOOK, 1, book.snapshot(Integer.MAX_VALUE));
      }
    }
    heartbeat();
  }

  synchronized Snapshot book(String symbol) {
    return books.get(symbol).snapshot(Integer.MAX_VALUE);
  }

  public static Level level(String price, String size) {
    return new Level(Decimal.of(price), Decimal.of(size));
  }

  public static Delta bid(String price, String size) {
    return new Delta(List.of(level(price, size)), List.of());
  }

  static Delta ask(String price, String size) {
    return new Delta(List.of(), List.of(level(price, size)));
  }

  public static Trade trade(String id) {
    return new Trade(id, Decimal.of("100.10"), Decimal.of("0.3"), Side.BUY);
  }

  public static Ticker ticker(String bid) {
    return new Ticker(
        Decimal.of(bid), Decimal.of("1"), Decimal.of("200"), Decimal.of("2"), Decimal.of(bid));
  }
}
