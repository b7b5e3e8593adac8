package dev.tidegate.stream.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.bus.Markets.Batch;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.stream.FakeMarket;
import dev.tidegate.stream.TestFanout;
import dev.tidegate.stream.fanout.Fanout;
import dev.tidegate.stream.observe.StreamMeters;
import dev.tidegate.stream.protocol.Op;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicaTest {
  private final List<String> asked = new ArrayList<>();
  private final SteppedLoop loop = new SteppedLoop();
  private final StreamMeters meters =
      new StreamMeters(new SimpleMeterRegistry(), 0, System::nanoTime);
  private final TestFanout floor = new TestFanout(loop);
  private final Fanout fanout = floor.fanout;
  private final Replica replica =
      new Replica(
          7,
          new Replica.Source() {
            @Override
            public void askMissed(int shard, String epoch, long from) {
              asked.add("missed " + epoch + " " + from);
            }

            @Override
            public void askState(int shard, String symbol) {
              asked.add("state " + symbol);
            }

            @Override
            public long nanos() {
              return loop.nanos();
            }

            @Override
            public long silence(long heardAt) {
              return loop.silence(heardAt);
            }
          },
          meters);
  private int ids;
  private final Instrument instrument =
      new Instrument("AAA", new Kept(20_000, 2_000), () -> ++ids, fanout);

  private static Update trade(long seq) {
    return new Update("AAA", Channel.TRADES, seq, seq, FakeMarket.trade("t" + seq));
  }

  /** Trades numbered like the shard's own sequence. */
  private static Batch batch(String epoch, long term, long first, int count) {
    List<Update> updates = new ArrayList<>();
    for (long seq = first; seq < first + count; seq++) {
      updates.add(trade(seq));
    }
    return new Batch(7, epoch, "m", term, first, -1, updates);
  }

  private static SymbolState state(String epoch, long next) {
    Snapshot none = new Snapshot(List.of(), List.of());
    return new SymbolState("AAA", 7, epoch, next, 0, 0, none, next - 1, List.of());
  }

  private long trades() {
    return instrument.topic(new Op.Key("trades", Channel.TRADES, "AAA", 0, "")).seq;
  }

  @Test
  void appliesWhatCameWhileTheStateWasOnItsWay() {
    replica.follow(instrument);
    assertThat(asked).containsExactly("state AAA");
    replica.hear(batch("e", 1, 10, 5));
    assertThat(replica.loaded("AAA", state("e", 12))).isTrue();
    assertThat(trades()).isEqualTo(14);
  }

  @Test
  void refusesAStateFromBeforeItBeganToHear() {
    replica.follow(instrument);
    replica.hear(batch("e", 1, 10, 1));
    assertThat(replica.loaded("AAA", state("e", 8))).isFalse();
    assertThat(instrument.ready()).isFalse();
  }

  @Test
  void fillsAHoleBeforeItGoesOn() {
    loadedAt(10);
    replica.hear(batch("e", 1, 13, 2));
    assertThat(trades()).isEqualTo(9);
    assertThat(asked).containsExactly("missed e 10");
    replica.caughtUp(batch("e", 1, 10, 3));
    assertThat(trades()).isEqualTo(14);
  }

  @Test
  void dropsRepeatsAndTakesTheNewPartOfAnOverlap() {
    loadedAt(10);
    replica.hear(batch("e", 1, 10, 3));
    replica.hear(batch("e", 1, 10, 3));
    replica.hear(batch("e", 1, 11, 4));
    assertThat(trades()).isEqualTo(14);
    assertThat(asked).isEmpty();
  }

  @Test
  void aHeartbeatShowsThatSomethingIsMissing() {
    loadedAt(10);
    replica.hear(batch("e", 1, 12, 0));
    assertThat(asked).containsExactly("missed e 10");
  }

  @Test
  void loadsAfreshWhenTheHoleCannotBeFilled() {
    loadedAt(10);
    replica.hear(batch("e", 1, 20, 1));
    replica.caughtUp(null);
    assertThat(asked).containsExactly("missed e 10", "state AAA");
    assertThat(replica.loaded("AAA", state("e", 20))).isTrue();
    assertThat(trades()).isEqualTo(20);
  }

  @Test
  void asksWhenTheShardIsSilent() {
    loadedAt(10);
    loop.advance(1_000);
    replica.check();
    assertThat(asked).isEmpty();
    loop.advance(1_500);
    replica.check();
    assertThat(asked).containsExactly("missed e 10");
  }

  @Test
  void takesItsOwnStandstillForNobodysSilence() {
    loadedAt(10);
    loop.stand(35_000);
    replica.check();
    assertThat(asked).isEmpty();
    assertThat(replica.unheard()).isFalse();
    assertThat(replica.silence()).isZero();
    loop.advance(2_500);
    replica.check();
    assertThat(asked).containsExactly("missed e 10");
    assertThat(replica.unheard()).isTrue();
  }

  @Test
  void followsANewNumberingOfANewerOwnerAndNotOfAnOlderOne() {
    loadedAt(10);
    replica.hear(batch("e", 2, 10, 0));
    replica.hear(batch("old", 1, 1, 1));
    assertThat(asked).isEmpty();
    replica.hear(batch("new", 3, 1, 1));
    assertThat(asked).containsExactly("state AAA");
    assertThat(replica.loaded("AAA", state("e", 10))).as("state of the old epoch").isFalse();
    assertThat(replica.loaded("AAA", state("new", 1))).isTrue();
    assertThat(trades()).isEqualTo(1);
  }

  private void loadedAt(long next) {
    replica.follow(instrument);
    replica.hear(batch("e", 1, next, 0));
    replica.loaded("AAA", state("e", next));
    asked.clear();
  }
}
