package dev.tidegate.market.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.market.book.Drop;
import dev.tidegate.market.feed.SocketReader.Offer;
import dev.tidegate.market.record.FeedRecord;
import dev.tidegate.market.record.Rejects;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SocketReaderTest {
  private final Rejects rejects = new Rejects(new SimpleMeterRegistry(), () -> 0);
  private final Map<Drop, Integer> dropped = new EnumMap<>(Drop.class);
  private final List<String> taken = new ArrayList<>();
  private final Deque<Offer> outcomes = new ArrayDeque<>();
  private long now;

  private final SocketReader.Owners elsewhere =
      new SocketReader.Owners() {
        @Override
        public boolean isHere(int shard) {
          return false;
        }

        @Override
        public Future<Offer> here(int shard, List<FeedRecord> records) {
          throw new AssertionError("not here");
        }

        @Override
        public Future<Offer> elsewhere(int shard, List<String> lines) {
          Offer outcome = outcomes.size() > 1 ? outcomes.remove() : outcomes.getFirst();
          if (outcome == Offer.TAKEN) {
            taken.addAll(lines);
          }
          return CompletableFuture.completedFuture(outcome);
        }

        @Override
        public boolean closed() {
          return false;
        }
      };

  private void read(String... reads) throws Exception {
    InputStream all = InputStream.nullInputStream();
    for (String each : reads) {
      all =
          new SequenceInputStream(
              all, new ByteArrayInputStream(each.getBytes(StandardCharsets.UTF_8)));
    }
    new SocketReader(
            elsewhere,
            1,
            rejects,
            (why, count) -> dropped.merge(why, count, Integer::sum),
            () -> now += 1_000_000_000L)
        .read(all);
  }

  private static String line(String symbol, int number) {
    return "{\"type\":\"ticker\",\"symbol\":\""
        + symbol
        + "\",\"time\":7,\"last\":\""
        + number
        + "\"}";
  }

  @Test
  void waitsForAnOwner() throws Exception {
    for (int i = 0; i < 8; i++) {
      outcomes.add(Offer.REFUSED);
    }
    outcomes.add(Offer.TAKEN);
    read(line("A", 1) + "\n", line("A", 2) + "\n");
    assertThat(taken).containsExactly(line("A", 1), line("A", 2));
    assertThat(dropped).isEmpty();
  }

  @Test
  void countsWhatComesForAShardThatHasNoOwnerForLongAndSaysSoToTheNextOne() throws Exception {
    for (int i = 0; i < 12; i++) {
      outcomes.add(Offer.REFUSED);
    }
    outcomes.add(Offer.TAKEN);
    read(line("A", 1) + "\n" + line("B", 2) + "\n", line("A", 3) + "\n", line("A", 4) + "\n");
    assertThat(dropped).isEqualTo(Map.of(Drop.NO_OWNER, 3));
    assertThat(taken).hasSize(3).last().isEqualTo(line("A", 4));
    assertThat(taken.subList(0, 2))
        .allMatch(doubt -> doubt.contains("\"delayed\"") && doubt.contains("no-owner"));
  }

  @Test
  void anUnfinishedLineIsARejectedOne() throws Exception {
    outcomes.add(Offer.TAKEN);
    read(line("A", 1) + "\n" + line("A", 2));
    assertThat(taken).containsExactly(line("A", 1));
    assertThat(rejects.count()).isEqualTo(1);
  }

  /** Whatever the owners answer, what was read is what was taken and what was counted. */
  @Property(tries = 50)
  void nothingIsLostUncounted(@ForAll List<Offer> answers) throws IOException, Exception {
    SocketReaderTest fresh = new SocketReaderTest();
    answers.stream().limit(40).forEach(fresh.outcomes::add);
    fresh.outcomes.add(Offer.TAKEN);
    String[] reads = new String[20];
    for (int i = 0; i < reads.length; i++) {
      reads[i] = line("S" + i % 3, i) + "\n";
    }
    fresh.read(reads);
    long said = fresh.taken.stream().filter(each -> each.contains("\"ticker\"")).count();
    int lost = fresh.dropped.values().stream().mapToInt(Integer::intValue).sum();
    assertThat(said + lost).isEqualTo(20);
    assertThat(fresh.taken.stream().anyMatch(each -> each.contains("delayed"))).isEqualTo(lost > 0);
  }
}
