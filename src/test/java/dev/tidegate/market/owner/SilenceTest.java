package dev.tidegate.market.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delayed;
import dev.tidegate.bus.Markets.Delays;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Status;
import dev.tidegate.bus.Markets.Ticker;
import dev.tidegate.market.book.Shard;
import dev.tidegate.market.record.FeedRecord;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SilenceTest {
  private long now = 100_000_000;
  private final Shard shard = new Shard(0, World.BOUNDS, () -> now, drop -> {});
  private final List<Silence.News> changes = new ArrayList<>();
  private long position;
  private Silence silence;

  SilenceTest() {
    shard.begin("e1");
    silence = new Silence(shard, World.staleAfter(5_000, 5_000), symbol -> false, now);
  }

  private void book(String symbol) {
    Level level = new Level(Decimal.of("1"), Decimal.of("2"));
    shard.apply(
        position++, new FeedRecord(symbol, now * 1000, new Delta(List.of(level), List.of())));
  }

  private void ticker(String symbol) {
    shard.apply(
        position++,
        new FeedRecord(symbol, now * 1000, new Ticker(Decimal.of("1"), null, null, null, null)));
  }

  private void pass(long millis) {
    for (long end = now + millis; now < end; ) {
      now += 100;
      Silence.News change = silence.check(now);
      if (change != null) {
        changes.add(change);
      }
    }
  }

  @Test
  void tellsASilentChannelOnceAndItsFirstEventOnce() {
    book("AAA");
    book("BBB");
    ticker("AAA");
    final long last = now;
    for (int i = 0; i < 60; i++) {
      pass(100);
      book("BBB");
      ticker("AAA");
    }
    assertThat(changes)
        .containsExactly(
            new Silence.News(
                false, List.of(new Delayed("AAA", List.of(Channel.BOOK), last * 1000))));
    assertThat(silence.count(Channel.BOOK)).isEqualTo(1);
    book("AAA");
    pass(100);
    assertThat(changes)
        .hasSize(2)
        .last()
        .isEqualTo(new Silence.News(false, List.of(new Delayed("AAA", List.of(), 0))));
    assertThat(silence.count(Channel.BOOK)).isZero();
  }

  @Test
  void aFeedThatDiesIsOneEntryHoweverManySymbolsThereAre() {
    for (int i = 0; i < 90; i++) {
      book("S" + i);
    }
    ticker("S7");
    pass(10_000);
    assertThat(changes).hasSize(1);
    assertThat(changes.getFirst().whole()).isTrue();
    assertThat(changes.getFirst().delayed())
        .containsExactly(new Delayed("*", List.of(Channel.BOOK, Channel.TICKER), 100_000_000_000L));
    book("S3");
    pass(100);
    assertThat(changes).hasSize(2);
    assertThat(changes.getLast().whole()).isTrue();
    assertThat(changes.getLast().delayed()).hasSize(89).noneMatch(d -> d.symbol().equals("S3"));
  }

  @Test
  void aNewSymbolIsNotAmongAllThatAreSilent() {
    for (int i = 0; i < 70; i++) {
      book("S" + i);
    }
    pass(6_000);
    changes.clear();
    ticker("NEW");
    pass(100);
    assertThat(changes).hasSize(1);
    assertThat(changes.getFirst().whole()).isTrue();
    assertThat(changes.getFirst().delayed()).hasSize(70).noneMatch(d -> d.symbol().equals("NEW"));
  }

  @Test
  void whatComesLateIsDelayedHoweverOftenItComes() {
    for (int i = 0; i < 20; i++) {
      record(now - 6_000);
      pass(100);
    }
    assertThat(changes).hasSize(1);
    assertThat(changes.getFirst().delayed())
        .extracting(Delayed::symbol, Delayed::channels)
        .containsExactly(tuple("AAA", List.of(Channel.BOOK)));
    record(now - 4_000);
    pass(100);
    assertThat(changes).hasSize(2);
    assertThat(changes.getLast().delayed().getFirst().channels()).isEmpty();
  }

  @Test
  void aRecordingThatIsPlayedIsNotLate() {
    record(now - 86_500_000);
    pass(4_000);
    assertThat(changes).isEmpty();
  }

  private void record(long millis) {
    Level level = new Level(Decimal.of("1"), Decimal.of("2"));
    Delta delta = new Delta(List.of(level), List.of());
    shard.apply(position++, new FeedRecord("AAA", millis * 1000, delta));
  }

  @Test
  void expectsNothingOfAHaltedSymbolNorOfAChannelThatIsOff() {
    book("AAA");
    shard.apply(position++, new FeedRecord("AAA", now * 1000, new Status("halted", "news")));
    Trades.add(shard, position++, "AAA");
    pass(20_000);
    assertThat(changes).isEmpty();
  }

  @Test
  void afterAHaltAChannelHasAllItsTimeAgain() {
    book("AAA");
    status("AAA", "halted");
    pass(20_000);
    status("AAA", "live");
    final long reopened = now;
    pass(4_000);
    status("AAA", "live"); // once more: it ends no halt
    pass(900);
    assertThat(changes).isEmpty();
    pass(1_000);
    assertThat(changes)
        .containsExactly(
            new Silence.News(
                false, List.of(new Delayed("AAA", List.of(Channel.BOOK), reopened * 1000))));
  }

  @Test
  void whoTakesOverAfterAHaltGivesAChannelItsTimeToo() {
    Level level = new Level(Decimal.of("1"), Decimal.of("2"));
    Delta delta = new Delta(List.of(level), List.of());
    shard.apply(position++, new FeedRecord("AAA", now * 1000, delta));
    status("AAA", "halted");
    pass(20_000);
    status("AAA", "live");
    pass(1_000);
    shard.restore("e1", List.of(shard.state("AAA")), 0);
    silence = new Silence(shard, World.staleAfter(5_000, 5_000), symbol -> false, now);
    pass(3_500);
    assertThat(changes).isEmpty();
    pass(2_000);
    assertThat(changes).hasSize(1);
  }

  private void status(String symbol, String state) {
    shard.apply(position++, new FeedRecord(symbol, now * 1000, new Status(state, "")));
  }

  @Test
  void readsWhatCameWhileTheNodeWasFrozenBeforeItComplains() {
    book("AAA");
    pass(1_000);
    now += 60_000;
    assertThat(silence.check(now)).isNull();
    now += 100;
    book("AAA");
    pass(4_000);
    assertThat(changes).isEmpty();
  }

  @Test
  void whoTakesOverTellsTheSameAndNumbersNothing() {
    World world = new World(2, true);
    world.staleAfter = World.staleAfter(2_000, 0);
    world.nodes.forEach(World.Node::boot);
    Level level = new Level(Decimal.of("1"), Decimal.of("2"));
    for (String symbol : List.of("AAA", "BBB")) {
      world.log.add(new FeedRecord(symbol, world.now * 1000, new Delta(List.of(level), List.of())));
    }
    world.calm(70);
    final World.Node first = world.owners().getFirst();
    final long next = first.replica.shard().next();
    final Delays before = world.delays.getLast();
    assertThat(before.delayed()).extracting(Delayed::symbol).containsExactly("*");
    first.kill(false);
    world.delays.clear();
    world.calm(60);
    World.Node second = world.owners().getFirst();
    assertThat(second).isNotSameAs(first);
    assertThat(second.replica.shard().next()).isEqualTo(next);
    assertThat(world.delays).isNotEmpty();
    for (Delays said : world.delays) {
      assertThat(said.term()).isGreaterThan(before.term());
      assertThat(said.delayed()).extracting(Delayed::symbol).containsExactly("*");
    }
  }

  /** Keeps the trade's many fields out of the tests. */
  private static final class Trades {
    static void add(Shard shard, long position, String symbol) {
      shard.apply(
          position,
          new FeedRecord(
              symbol,
              1,
              new dev.tidegate.bus.Markets.Trade("t", Decimal.of("1"), Decimal.of("1"), Side.BUY)));
    }
  }
}
