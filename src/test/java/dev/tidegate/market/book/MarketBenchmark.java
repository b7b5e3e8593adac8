package dev.tidegate.market.book;

import dev.tidegate.bus.Markets.Batch;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.market.record.CaptureReader;
import dev.tidegate.market.record.CaptureReaderTest;
import dev.tidegate.market.record.FeedRecord;
import dev.tidegate.market.record.RecordParser;
import dev.tidegate.market.record.RecordWriter;
import dev.tidegate.market.record.Rejects;
import dev.tidegate.market.record.Times;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What one real record costs: the parser, the book, the shard. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MarketBenchmark {
  private final List<FeedRecord> records = new ArrayList<>();
  private final List<byte[]> texts = new ArrayList<>();
  private final List<Delta> deltas = new ArrayList<>();
  private final OrderBook book = new OrderBook();
  private final RecordParser parser = new RecordParser();
  private final Shard shard = new Shard(0, ShardTest.BOUNDS, System::currentTimeMillis, drop -> {});
  private int next;
  private long position;

  /** The records of the Coinbase capture. */
  @Setup
  public void load() throws IOException {
    Rejects rejects = new Rejects(new SimpleMeterRegistry(), () -> 0);
    try (CaptureReader reader =
        CaptureReader.open(
            CaptureReaderTest.capture("coinbase"), rejects, new Times(new SimpleMeterRegistry()))) {
      for (var c = reader.next(); c != null; c = reader.next()) {
        records.addAll(c.records());
      }
    }
    String symbol = "SKL-USD";
    for (FeedRecord record : records) {
      texts.add(RecordWriter.write(record));
      if (record.symbol().equals(symbol) && record.event() instanceof Snapshot s) {
        book.replace(s);
      } else if (record.symbol().equals(symbol) && record.event() instanceof Delta d) {
        deltas.add(d);
      }
    }
    records.removeIf(r -> r.event() instanceof Snapshot);
    shard.begin("e");
  }

  @Benchmark
  public OrderBook bookApply() {
    next = next + 1 < deltas.size() ? next + 1 : 0;
    book.apply(deltas.get(next));
    return book;
  }

  @Benchmark
  public Batch shardApply() {
    next = next + 1 < records.size() ? next + 1 : 0;
    shard.apply(++position, records.get(next));
    return shard.drain("n", 1);
  }

  @Benchmark
  public FeedRecord parse() {
    next = next + 1 < texts.size() ? next + 1 : 0;
    return parser.parse(texts.get(next));
  }
}
