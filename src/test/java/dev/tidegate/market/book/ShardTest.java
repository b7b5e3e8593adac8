package dev.tidegate.market.book;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Batch;
import dev.tidegate.bus.Markets.Candle;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Event;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.State;
import dev.tidegate.bus.Markets.Status;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.bus.Part;
import dev.tidegate.market.book.Shard.Taken;
import dev.tidegate.market.record.FeedRecord;
import dev.tidegate.market.record.Records;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

public class ShardTest {
  private static final ShardBounds SMALL = new ShardBounds(50, 50, 5, 300_000, 400, 40, 1000, 100);

  /** Enough for whatever a test feeds. */
  public static final ShardBounds BOUNDS =
      new ShardBounds(20_000, 5_000, 300, 300_000, 65_536, 5_000, 100_000, 10_000);

  private static final long MINUTE = 60_000_000;

  private final ShardBounds limits = new ShardBounds(300, 300, 3, 10_000, 2_000, 50, 3, 2);
  private long now = 1_000;
  private final Shard shard = started(limits);
  private long position;

  private static final Decimal ONE = Decimal.of("1");
  private final List<Drop> dropped = new ArrayList<>();

  private Shard counting() {
    Shard counting = new Shard(0, BOUNDS, () -> now, dropped::add);
    counting.begin("e");
    return counting;
  }

  private static FeedRecord trade(long time, long number) {
    return new FeedRecord("S", time, number, new Trade("t" + number, ONE, ONE, Side.BUY));
  }

  private static FeedRecord book(long time, long number) {
    List<Level> none = List.of();
    return new FeedRecord("S", time, number, new Snapshot(none, none));
  }

  private static List<Long> trades(Shard of) {
    return of.state("S").recent().stream()
        .filter(update -> update.event() instanceof Trade)
        .map(Update::sourceSeq)
        .toList();
  }

  private static boolean delayed(Shard of) {
    return of.sequencer("S").status().is(State.DELAYED);
  }

  @Test
  void aSourceThatBeginsItsNumbersAgainIsHeardAndSaidToBeDelayed() {
    Shard restarted = counting();
    restarted.apply(0, book(1_000, 26_941_140));
    restarted.apply(1, trade(1_001, 26_941_141));
    restarted.apply(2, trade(1_002, 1));
    assertThat(delayed(restarted)).isTrue();
    restarted.apply(3, trade(1_003, 2));
    assertThat(trades(restarted)).containsExactly(26_941_141L, 1L, 2L);
    assertThat(dropped).isEmpty();
    restarted.apply(4, book(1_004, 3));
    assertThat(delayed(restarted)).isFalse();
  }

  @Test
  void aRepetitionIsAppliedOnceAndCounted() {
    Shard repeated = counting();
    repeated.apply(0, book(1_000, 1));
    for (int i = 0; i < 3; i++) {
      repeated.apply(1 + i, trade(1_001, 2));
    }
    repeated.apply(4, trade(1_002, 3));
    repeated.apply(5, trade(1_001, 2));
    assertThat(trades(repeated)).containsExactly(2L, 3L);
    assertThat(dropped).containsExactly(Drop.REPEATED, Drop.REPEATED, Drop.REPEATED);
    assertThat(delayed(repeated)).isFalse();
  }

  @Test
  void aRecordWithoutANumberLeavesTheOthersChecked() {
    Shard mixed = counting();
    mixed.apply(0, book(1_000, 1));
    mixed.apply(1, trade(1_001, -1));
    mixed.apply(2, trade(1_001, 1));
    assertThat(dropped).containsExactly(Drop.REPEATED);
    mixed.apply(3, trade(1_002, 4));
    assertThat(delayed(mixed)).as("2 and 3 are missing").isTrue();
  }

  @Test
  void wordOfADelayListsNoSymbolAndBeyondTheBoundNoneIsListed() {
    Shard unlisted = counting();
    unlisted.apply(0, new FeedRecord("S", 1, new Status(State.DELAYED, "unreadable")));
    assertThat(unlisted.size()).isZero();
    Shard full = new Shard(0, limits, () -> now, dropped::add);
    full.begin("e");
    for (String symbol : List.of("A", "B", "C", "D")) {
      full.apply(0, new FeedRecord(symbol, 1, new Trade("t", ONE, ONE, Side.BUY)));
    }
    assertThat(dropped).startsWith(Drop.UNLISTED).contains(Drop.TOO_MANY_SYMBOLS);
  }

  @Test
  void aSideOfATickerCanVanish() {
    Shard quoted = counting();
    Decimal two = Decimal.of("2");
    quoted.apply(0, new FeedRecord("S", 1, new Ticker(ONE, ONE, two, two, ONE)));
    quoted.apply(
        1,
        new FeedRecord(
            "S", 2, -1, new Ticker(null, null, two, ONE, null), Set.of(Side.BUY), Part.ALL));
    assertThat(quoted.state("S").recent())
        .extracting(Update::event)
        .contains(new Ticker(null, null, two, ONE, ONE));
    quoted.apply(2, new FeedRecord("S", 3, new Ticker(ONE, two, null, null, null)));
    assertThat(quoted.state("S").recent())
        .extracting(Update::event)
        .contains(new Ticker(ONE, two, two, ONE, ONE));
  }

  @Property(tries = 300)
  void aFollowerAtAnyPointContinuesWithTheSameUpdates(@ForAll long seed) {
    Random random = new Random(seed);
    Records records = new Records(random);
    Shard owner = started(SMALL);
    Shard follower = started(SMALL);
    List<FeedRecord> log = new ArrayList<>();
    int known = random.nextInt(60);
    for (int i = 0; i < 120; i++) {
      FeedRecord record = records.next();
      log.add(record);
      owner.apply(i, record);
      if (random.nextInt(3) == 0) {
        Batch batch = owner.drain("n1", 1);
        if (i < known) {
          assertThat(follower.absorb(batch)).isEqualTo(Taken.APPLIED);
        }
      }
    }
    Shard copy = restored(owner);
    follower.takeOver();
    for (long i = follower.source() + 1; i < log.size(); i++) {
      follower.apply(i, log.get((int) i));
    }
    for (int i = 0; i < 20; i++) {
      FeedRecord record = records.next();
      for (Shard each : List.of(owner, follower, copy)) {
        each.apply(120 + i, record);
      }
    }
    assertThat(follower.next()).isEqualTo(owner.next());
    assertThat(copy.next()).isEqualTo(owner.next());
    for (String symbol : owner.symbols()) {
      assertThat(follower.state(symbol)).isEqualTo(owner.state(symbol));
      assertThat(copy.state(symbol)).isEqualTo(owner.state(symbol));
    }
    long from = owner.next() - 30;
    assertThat(follower.missed("e", from, "n", 1)).isEqualTo(owner.missed("e", from, "n", 1));
  }

  @Test
  void buildsCandlesFromTradesAndClosesThemWithTheNextBar() {
    trade(10 * MINUTE, "10", "1");
    trade(10 * MINUTE + 1, "12", "2");
    trade(10 * MINUTE + 2, "9", "0.5");
    trade(11 * MINUTE, "11", "1");
    trade(10 * MINUTE + 3, "99", "1"); // too late for its closed bars, not for the hour's
    List<Candle> minutes = new ArrayList<>();
    List<Candle> hours = new ArrayList<>();
    for (Update update : all()) {
      if (update.event() instanceof Candle bar) {
        (bar.interval().equals("1m") ? minutes : hours).add(bar);
      }
    }
    assertThat(minutes).hasSize(5);
    Candle closed = minutes.get(3);
    assertThat(closed)
        .isEqualTo(
            new Candle("1m", 10 * MINUTE, d("10"), d("12"), d("9"), d("9"), d("3.5"), 3, true));
    assertThat(minutes.get(4).start()).isEqualTo(11 * MINUTE);
    assertThat(minutes.get(4).closed()).isFalse();
    assertThat(hours.getLast().high()).hasToString("99");
  }

  @Test
  void aHoleInTheSourceIsSaidUntilTheNextSnapshot() {
    numbered(1, new Snapshot(List.of(level("1", "1")), List.of()));
    numbered(2, new Delta(List.of(level("1", "2")), List.of()));
    numbered(5, new Delta(List.of(level("1", "3")), List.of()));
    numbered(6, new Delta(List.of(level("1", "4")), List.of()));
    assertThat(shard.sequencer("S").stale()).isTrue();
    numbered(7, new Snapshot(List.of(level("2", "1")), List.of()));
    assertThat(shard.sequencer("S").stale()).isFalse();
    assertThat(all().stream().map(Update::event).filter(e -> e instanceof Status))
        .containsExactly(
            new Status("live", ""),
            new Status("delayed", "source gap: 3..4"),
            new Status("live", ""));
  }

  @Test
  void aRepeatedRecordChangesNothingAndASnapshotMayStartTheNumbersAnew() {
    numbered(7, new Delta(List.of(level("1", "1")), List.of()));
    long before = shard.next();
    numbered(7, new Delta(List.of(level("1", "9")), List.of()));
    numbered(3, new Delta(List.of(level("1", "9")), List.of()));
    assertThat(shard.next()).isEqualTo(before);
    numbered(1, new Snapshot(List.of(level("5", "1")), List.of()));
    numbered(2, new Delta(List.of(level("6", "1")), List.of()));
    assertThat(shard.state("S").book().bids()).hasSize(2);
    assertThat(shard.sequencer("S").stale()).isFalse();
  }

  @Test
  void aBookBeyondItsBoundLosesItsWorstLevelsForClientsToo() {
    apply(new Snapshot(List.of(level("3", "1"), level("2", "1"), level("1", "1")), List.of()));
    apply(new Delta(List.of(level("4", "1")), List.of()));
    Update last = all().getLast();
    assertThat(last.event()).isEqualTo(new Delta(List.of(level("1", "0")), List.of()));
    assertThat(last.seq()).isEqualTo(3);
    assertThat(shard.state("S").book().bids()).hasSize(3);
  }

  @Test
  void aBookThatBeginsWithADeltaIsDelayedUntilASnapshotAndACrossedOneStaysAsItIs() {
    apply(new Delta(List.of(level("5", "1")), List.of(level("4", "1"), level("9", "0"))));
    Snapshot begun = new Snapshot(List.of(level("5", "1")), List.of(level("4", "1")));
    Status doubt = new Status(State.DELAYED, "no snapshot yet");
    assertThat(all()).extracting(Update::event).endsWith(begun, doubt);
    assertThat(shard.state("S").book()).isEqualTo(begun);
    apply(new Delta(List.of(level("6", "1")), List.of()));
    assertThat(shard.sequencer("S").status().is(State.DELAYED)).isTrue();
    apply(begun);
    assertThat(shard.sequencer("S").status()).isEqualTo(new Status(State.LIVE, ""));
  }

  @Test
  void aTickerKeepsWhatTheNextOneLeavesOut() {
    apply(new Ticker(d("1"), d("2"), d("3"), d("4"), null));
    trade(5, "7", "1");
    apply(new Ticker(null, null, d("5"), null, null));
    assertThat(all().getLast().event()).isEqualTo(new Ticker(d("1"), d("2"), d("5"), null, d("7")));
  }

  @Test
  void refusesMoreSymbolsThanItMayHold() {
    for (String symbol : List.of("A", "B", "C")) {
      shard.apply(position++, new FeedRecord(symbol, 1, new Status("live", "")));
    }
    assertThat(shard.symbols()).containsExactly("A", "B");
    assertThat(shard.source()).isEqualTo(2);
  }

  @Test
  void answersEndWhereARecordEnds() {
    for (int i = 0; i < 100; i++) {
      trade(i * MINUTE * 60, "1", "1"); // each closes and opens every bar: nine updates
    }
    long from = 0;
    while (from < shard.next()) {
      Batch missed = shard.missed("e", from, "n", 1);
      assertThat(missed.updates()).isNotEmpty().hasSizeLessThanOrEqualTo(50);
      assertThat(missed.updates().getLast().channel()).isEqualTo(Channel.CANDLES);
      Update last = missed.updates().getLast();
      assertThat(missed.source()).isEqualTo(last.time() / MINUTE / 60);
      from = missed.next();
    }
    assertThat(shard.missed("e", shard.next() + 1, "n", 1)).isNull();
    assertThat(shard.missed("other", 0, "n", 1)).isNull();
  }

  @Test
  void keepsTradesByTheirArrival() {
    for (int i = 0; i < 250; i++) {
      trade(i, "1", "1");
    }
    now += 20_000;
    trade(300, "1", "1");
    List<Update> trades =
        shard.state("S").recent().stream().filter(u -> u.channel() == Channel.TRADES).toList();
    assertThat(trades).hasSize(200); // the last ones are kept however old they are
    assertThat(trades.getLast().seq()).isEqualTo(251);
  }

  @Test
  void volumesStayExactUntilTheyNoLongerFit() {
    assertThat(Candles.sum(d("0.1"), d("0.02"))).hasToString("0.12");
    Decimal long1 = d("0.000000000000000000000000000001");
    Decimal huge = d("99999999999999999999999999999999");
    assertThat(Candles.sum(huge, long1).toString()).hasSizeLessThanOrEqualTo(40);
    assertThat(Candles.sum(huge, huge)).hasToString("199999999999999999999999999999998");
  }

  private Shard restored(Shard owner) {
    List<SymbolState> states = owner.symbols().stream().map(owner::state).toList();
    Shard copy = new Shard(0, SMALL, () -> now, drop -> {});
    copy.restore("e", states, owner.next());
    assertThat(copy.absorb(new Batch(0, "e", "n", 1, owner.next(), owner.source(), List.of())))
        .isEqualTo(Taken.APPLIED);
    return copy;
  }

  private Shard started(ShardBounds kept) {
    Shard started = new Shard(0, kept, () -> now, drop -> {});
    started.begin("e");
    return started;
  }

  private void apply(Event event) {
    shard.apply(position++, new FeedRecord("S", position, event));
  }

  private void numbered(long number, Event event) {
    shard.apply(position++, new FeedRecord("S", number, number, event));
  }

  private void trade(long time, String price, String size) {
    shard.apply(position++, new FeedRecord("S", time, new Trade("t", d(price), d(size), Side.BUY)));
  }

  private List<Update> all() {
    List<Update> all = new ArrayList<>();
    while (shard.pending()) {
      all.addAll(shard.drain("n", 1).updates());
    }
    return all;
  }

  private static Level level(String price, String size) {
    return OrderBookTest.level(price, size);
  }

  private static Decimal d(String text) {
    return Decimal.of(text);
  }
}
