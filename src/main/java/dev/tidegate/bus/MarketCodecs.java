package dev.tidegate.bus;

import dev.tidegate.bus.Markets.Batch;
import dev.tidegate.bus.Markets.Candle;
import dev.tidegate.bus.Markets.CatchUp;
import dev.tidegate.bus.Markets.CaughtUp;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delayed;
import dev.tidegate.bus.Markets.Delays;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Directory;
import dev.tidegate.bus.Markets.DirectoryWanted;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Fed;
import dev.tidegate.bus.Markets.FeedState;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Present;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.Spell;
import dev.tidegate.bus.Markets.State;
import dev.tidegate.bus.Markets.Status;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.bus.Markets.Update;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The wire form of {@link Markets}. Decimals travel as their text. */
final class MarketCodecs {
  private MarketCodecs() {}

  /** The wire numbers of channels are positions here, so that only the end may grow. */
  private static final List<Channel> CHANNELS =
      List.of(Channel.BOOK, Channel.TRADES, Channel.TICKER, Channel.CANDLES, Channel.STATUS);

  /** Added to the channel of an update that carries its source's number. */
  private static final int NUMBERED = 16;

  static final List<BusCodec<?>> ALL =
      List.of(
          new BusCodec<>(Batch.class, MarketCodecs::batch, MarketCodecs::batch),
          new BusCodec<>(
              CatchUp.class,
              (w, m) ->
                  w.int32(m.shard())
                      .stringOrNull(m.symbol())
                      .stringOrNull(m.epoch())
                      .int64(m.from()),
              r -> new CatchUp(r.int32(), r.stringOrNull(), r.stringOrNull(), r.int64())),
          new BusCodec<>(
              CaughtUp.class,
              (w, m) ->
                  w.orNull(m.missed(), MarketCodecs::batch).orNull(m.state(), MarketCodecs::state),
              r -> new CaughtUp(r.orNull(MarketCodecs::batch), r.orNull(MarketCodecs::state))),
          new BusCodec<>(
              Directory.class,
              (w, m) ->
                  w.int32(m.shard())
                      .int32(m.shards())
                      .string(m.epoch())
                      .string(m.node())
                      .list(m.symbols(), Wire.Writer::string)
                      .list(m.contested(), MarketCodecs::writeSpell),
              r ->
                  new Directory(
                      r.int32(),
                      r.int32(),
                      r.string(),
                      r.string(),
                      r.list(Wire.Reader::string),
                      r.ends() ? List.of() : r.list(MarketCodecs::spell))),
          new BusCodec<>(
              DirectoryWanted.class,
              (w, m) -> w.string(m.node()),
              r -> new DirectoryWanted(r.string())),
          new BusCodec<>(
              FeedState.class,
              (w, m) ->
                  w.int32(m.shard())
                      .string(m.epoch())
                      .string(m.node())
                      .int64(m.term())
                      .string(m.state().text())
                      .string(m.detail())
                      .int64(m.time()),
              r ->
                  new FeedState(
                      r.int32(),
                      r.string(),
                      r.string(),
                      r.int64(),
                      sourceState(r.string()),
                      r.string(),
                      r.int64())),
          new BusCodec<>(
              Delays.class,
              (w, m) ->
                  w.int32(m.shard())
                      .string(m.epoch())
                      .string(m.node())
                      .int64(m.term())
                      .bool(m.whole())
                      .list(m.delayed(), MarketCodecs::delayed),
              r ->
                  new Delays(
                      r.int32(),
                      r.string(),
                      r.string(),
                      r.int64(),
                      r.bool(),
                      r.list(MarketCodecs::delayed))),
          new BusCodec<>(
              Present.class,
              (w, m) -> w.string(m.node()).string(m.member()).bool(m.leaving()),
              r -> new Present(r.string(), r.string(), r.bool())),
          new BusCodec<>(
              Fed.class,
              (w, m) -> w.int32(m.shard()).list(m.records(), Wire.Writer::string),
              r -> new Fed(r.int32(), r.list(Wire.Reader::string))));

  private static void delayed(Wire.Writer w, Delayed m) {
    w.string(m.symbol())
        .list(m.channels(), (x, c) -> x.int32(CHANNELS.indexOf(c)))
        .int64(m.since());
  }

  private static Delayed delayed(Wire.Reader r) {
    return new Delayed(r.string(), channels(r), r.int64());
  }

  private static void batch(Wire.Writer w, Batch m) {
    w.int32(m.shard())
        .string(m.epoch())
        .string(m.node())
        .int64(m.term())
        .int64(m.first())
        .int64(m.source())
        .list(m.updates(), MarketCodecs::update);
  }

  private static Batch batch(Wire.Reader r) {
    return new Batch(
        r.int32(),
        r.string(),
        r.string(),
        r.int64(),
        r.int64(),
        r.int64(),
        r.list(MarketCodecs::update));
  }

  private static void state(Wire.Writer w, SymbolState m) {
    w.string(m.symbol())
        .int32(m.shard())
        .string(m.epoch())
        .int64(m.next())
        .int64(m.bookSeq())
        .int64(m.bookTime())
        .list(m.book().bids(), MarketCodecs::level)
        .list(m.book().asks(), MarketCodecs::level)
        .int64(m.tradeSeq())
        .list(m.recent(), MarketCodecs::update);
  }

  private static SymbolState state(Wire.Reader r) {
    return new SymbolState(
        r.string(),
        r.int32(),
        r.string(),
        r.int64(),
        r.int64(),
        r.int64(),
        new Snapshot(r.list(MarketCodecs::level), r.list(MarketCodecs::level)),
        r.int64(),
        r.list(MarketCodecs::update));
  }

  private static void update(Wire.Writer w, Update m) {
    boolean numbered = m.sourceSeq() >= 0;
    w.string(m.symbol())
        .int32(CHANNELS.indexOf(m.channel()) + (numbered ? NUMBERED : 0))
        .int64(m.seq())
        .int64(m.time());
    event(w, m.event());
    if (numbered) {
      w.int64(m.sourceSeq());
    }
  }

  private static Update update(Wire.Reader r) {
    String symbol = r.string();
    int channel = r.int32();
    return new Update(
        symbol,
        channel(channel % NUMBERED),
        r.int64(),
        r.int64(),
        event(r),
        channel >= NUMBERED ? r.int64() : -1);
  }

  private static void event(Wire.Writer w, Event event) {
    switch (event) {
      case Snapshot e ->
          w.int32(0).list(e.bids(), MarketCodecs::level).list(e.asks(), MarketCodecs::level);
      case Delta e ->
          w.int32(1).list(e.bids(), MarketCodecs::level).list(e.asks(), MarketCodecs::level);
      case Trade e -> {
        decimal(w.int32(2).string(e.id()), e.price());
        decimal(w, e.size());
        w.string(e.side().text());
      }
      case Ticker e -> {
        decimalOrNull(w.int32(3), e.bid());
        decimalOrNull(w, e.bidSize());
        decimalOrNull(w, e.ask());
        decimalOrNull(w, e.askSize());
        decimalOrNull(w, e.last());
      }
      case Candle e -> {
        w.int32(4).string(e.interval()).int64(e.start());
        decimal(w, e.open());
        decimal(w, e.high());
        decimal(w, e.low());
        decimal(w, e.close());
        decimal(w, e.volume());
        w.int64(e.trades()).bool(e.closed());
      }
      case Status e when e.plain() -> w.int32(5).string(e.state()).string(e.detail());
      case Status e ->
          w.int32(6)
              .string(e.state())
              .string(e.detail())
              .list(e.delayed(), (x, c) -> x.int32(CHANNELS.indexOf(c)))
              .int64(e.since())
              .list(e.announced(), AnnouncementCodecs::announcement);
    }
  }

  private static Event event(Wire.Reader r) {
    int kind = r.int32();
    return switch (kind) {
      case 0 -> new Snapshot(r.list(MarketCodecs::level), r.list(MarketCodecs::level));
      case 1 -> new Delta(r.list(MarketCodecs::level), r.list(MarketCodecs::level));
      case 2 -> new Trade(r.string(), decimal(r), decimal(r), side(r.string()));
      case 3 ->
          new Ticker(
              decimalOrNull(r),
              decimalOrNull(r),
              decimalOrNull(r),
              decimalOrNull(r),
              decimalOrNull(r));
      case 4 ->
          new Candle(
              r.string(),
              r.int64(),
              decimal(r),
              decimal(r),
              decimal(r),
              decimal(r),
              decimal(r),
              r.int64(),
              r.bool());
      case 5 -> new Status(r.string(), r.string());
      case 6 ->
          new Status(
              r.string(),
              r.string(),
              channels(r),
              r.int64(),
              r.list(AnnouncementCodecs::announcement));
      default -> throw new IllegalArgumentException("event kind: " + kind + " (expected 0..6)");
    };
  }

  private static Channel channel(int number) {
    if (number >= CHANNELS.size()) {
      throw new IllegalArgumentException(
          "channel: " + number + " (expected 0.." + (CHANNELS.size() - 1) + ")");
    }
    return CHANNELS.get(number);
  }

  /** Without those that a newer node has and nobody here can have subscribed to. */
  private static List<Channel> channels(Wire.Reader r) {
    List<Integer> numbers = r.list(Wire.Reader::int32);
    List<Channel> known = new ArrayList<>(numbers.size());
    for (int number : numbers) {
      if (number < CHANNELS.size()) {
        known.add(CHANNELS.get(number));
      }
    }
    return known;
  }

  /** A source of which something else is said than that it is live is not to be relied on. */
  private static State sourceState(String text) {
    State state = State.named(text);
    return state == null ? State.DELAYED : state;
  }

  private static Side side(String text) {
    Side side = Side.named(text);
    if (side == null) {
      throw new IllegalArgumentException("side: " + text + " (expected buy or sell)");
    }
    return side;
  }

  private static void level(Wire.Writer w, Level level) {
    decimal(w, level.price());
    decimal(w, level.size());
  }

  private static Level level(Wire.Reader r) {
    return new Level(decimal(r), decimal(r));
  }

  private static void decimal(Wire.Writer w, Decimal value) {
    w.string(value.toString());
  }

  private static Decimal decimal(Wire.Reader r) {
    return Decimal.of(r.string());
  }

  private static void decimalOrNull(Wire.Writer w, @Nullable Decimal value) {
    w.stringOrNull(value == null ? null : value.toString());
  }

  private static @Nullable Decimal decimalOrNull(Wire.Reader r) {
    String text = r.stringOrNull();
    return text == null ? null : Decimal.of(text);
  }

  private static void writeSpell(Wire.Writer w, Spell spell) {
    w.string(spell.symbol()).int64(spell.first()).int64(spell.last());
  }

  private static Spell spell(Wire.Reader r) {
    return new Spell(r.string(), r.int64(), r.int64());
  }
}
