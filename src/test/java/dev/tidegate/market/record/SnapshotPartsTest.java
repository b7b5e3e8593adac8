package dev.tidegate.market.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.State;
import dev.tidegate.bus.Markets.Status;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SnapshotPartsTest {
  private final RecordReader reader = new RecordReader();

  /** Whatever symbols' parts come between each other, and in whichever form they are written. */
  @Property(tries = 300)
  void whatWasSplitIsTheSameTogether(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int levels) {
    Random random = new Random(seed);
    Records records = new Records(random);
    Map<String, Queue<FeedRecord>> split = new TreeMap<>();
    Map<String, List<FeedRecord>> expected = new TreeMap<>();
    for (int i = 0; i < 40; i++) {
      FeedRecord record = records.next();
      expected.computeIfAbsent(record.symbol(), s -> new ArrayList<>()).add(record);
      split
          .computeIfAbsent(record.symbol(), s -> new ArrayDeque<>())
          .addAll(SnapshotParts.split(record, levels));
    }
    SnapshotParts parts = new SnapshotParts();
    Map<String, List<FeedRecord>> got = new TreeMap<>();
    List<Queue<FeedRecord>> queues = new ArrayList<>(split.values());
    while (!queues.isEmpty()) {
      Queue<FeedRecord> queue = queues.get(random.nextInt(queues.size()));
      FeedRecord next = queue.remove();
      FeedRecord whole = parts.take(again(next, random.nextBoolean()));
      if (whole != null) {
        got.computeIfAbsent(whole.symbol(), s -> new ArrayList<>()).add(whole);
      }
      queues.removeIf(Queue::isEmpty);
    }
    expected.replaceAll((symbol, all) -> all.stream().map(r -> again(r, false)).toList());
    assertThat(got).isEqualTo(expected);
  }

  private FeedRecord again(FeedRecord record, boolean protobuf) {
    return reader.read(protobuf ? ProtoRecordWriter.write(record) : RecordWriter.write(record));
  }

  @Test
  void whatLacksAPartIsNoBookAndItsSymbolIsInDoubt() {
    List<FeedRecord> all = SnapshotParts.split(snapshot(6), 2);
    assertThat(all).hasSize(3);
    FeedRecord other = new FeedRecord("S", 9, 7, new Delta(List.of(), List.of()));
    inDoubt("3 of 3 (expected the first one first", all.get(2));
    inDoubt("3 of 3 (expected 2 of 3", all.get(0), all.get(2));
    inDoubt("2 of 3 (expected 3 of 3", all.get(0), all.get(1), all.get(1));
    inDoubt("2 of 3 (expected the first one first", all.get(0), other, all.get(1));
    inDoubt("2 of 2 (expected 2 of 3", all.get(0), SnapshotParts.split(snapshot(4), 2).get(1));
    FeedRecord renumbered = new FeedRecord("S", 1, 8, snapshot(6).event());
    inDoubt("with the same sourceSeq", all.get(0), SnapshotParts.split(renumbered, 2).get(1));
  }

  /** The last of them is the one that does not fit; what begins anew afterwards is taken. */
  private void inDoubt(String why, FeedRecord... records) {
    SnapshotParts parts = new SnapshotParts();
    for (int i = 0; i < records.length - 1; i++) {
      parts.take(records[i]);
    }
    FeedRecord last = records[records.length - 1];
    assertThatThrownBy(() -> parts.take(last))
        .hasMessageContaining(why)
        .isInstanceOfSatisfying(
            UnreadableRecord.class,
            e -> {
              FeedRecord instead = UnreadableRecord.instead(e);
              assertThat(instead.symbol()).isEqualTo("S");
              assertThat(((Status) instead.event()).is(State.DELAYED)).isTrue();
            });
    FeedRecord anew = null;
    for (FeedRecord part : SnapshotParts.split(snapshot(5), 2)) {
      anew = parts.take(part);
    }
    assertThat(anew).isEqualTo(snapshot(5));
  }

  @Test
  void beginningsThatNeverEndAreBounded() {
    SnapshotParts parts = new SnapshotParts();
    for (int i = 0; i < 65; i++) {
      parts.take(SnapshotParts.split(named("S" + i), 1).getFirst());
    }
    assertThat(parts.take(SnapshotParts.split(named("S64"), 1).getLast())).isEqualTo(named("S64"));
    assertThatThrownBy(() -> parts.take(SnapshotParts.split(named("S0"), 1).getLast()))
        .isInstanceOf(UnreadableRecord.class);
  }

  @Test
  void onlyASnapshotHasParts() {
    for (String part :
        List.of("0,'parts':2", "3,'parts':2", "1", "1,'parts':1001", "1,'parts':0")) {
      wrong(
          "{'type':'book.snapshot','bids':[],'asks':[],'symbol':'S','time':1,'part':" + part + "}");
    }
    wrong("{'type':'book.delta','symbol':'S','time':1,'part':1,'parts':2}");
    wrong(
        "{'type':'trade','id':'','price':'1','size':'1','side':'buy','symbol':'S','time':1,'part':1}");
  }

  private void wrong(String record) {
    assertThatThrownBy(
            () -> reader.read(record.replace('\'', '"').getBytes(StandardCharsets.UTF_8)))
        .hasMessageStartingWith("part")
        .isInstanceOfSatisfying(
            UnreadableRecord.class,
            e -> assertThat(UnreadableRecord.instead(e).symbol()).isEqualTo("S"));
  }

  private static FeedRecord named(String symbol) {
    return new FeedRecord(symbol, 1, 7, snapshot(2).event());
  }

  private static FeedRecord snapshot(int levels) {
    List<Level> bids = new ArrayList<>();
    for (int i = levels; i > 0; i--) {
      bids.add(new Level(Decimal.of(Integer.toString(i)), Decimal.of("1")));
    }
    return new FeedRecord("S", 1, 7, new Snapshot(bids, List.of()));
  }
}
