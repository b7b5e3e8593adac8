package dev.tidegate.stream.encode;

import dev.tidegate.bus.Decimal;
import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Level;
import dev.tidegate.bus.Markets.Side;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.Trade;
import dev.tidegate.stream.FakeMarket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to write a message once, in JSON and in Protobuf. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {
  @Param({"JSON", "PROTO"})
  String codec;

  private final Text out = new Text(64 * 1024);
  private final Delta delta =
      new Delta(
          List.of(FakeMarket.level("31998.98", "0.12345678")),
          List.of(FakeMarket.level("31999.10", "0")));
  private final Trade trade =
      new Trade("7654321", Decimal.of("31998.98"), Decimal.of("0.12345678"), Side.BUY);
  private Snapshot snapshot;
  private Messages messages;
  private final Subject book = new Subject(Channel.BOOK, "BTC-USD", 0, "");

  @Setup
  public void setUp() {
    messages = Codec.valueOf(codec).messages;
    List<Level> bids = new ArrayList<>();
    List<Level> asks = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      bids.add(FakeMarket.level(31998 - i + ".98", "0.1234567" + i % 10));
      asks.add(FakeMarket.level(31999 + i + ".10", "12.3456789" + i % 10));
    }
    snapshot = new Snapshot(bids, asks);
  }

  @Benchmark
  public int aDelta() {
    int opened = messages.open(out.reset());
    messages.delta(book, 1_234_567, 1_234_568, 1_700_000_000_000_000L, delta, out);
    messages.close(opened, out);
    return out.length();
  }

  @Benchmark
  public int aSnapshotOfAHundredLevels() {
    int opened = messages.open(out.reset());
    messages.snapshot(book, "e", 1_234_568, 1_700_000_000_000_000L, snapshot, out);
    messages.close(opened, out);
    return out.length();
  }

  @Benchmark
  public int aTrade() {
    messages.event(7, 1_700_000_000_000_000L, trade, out.reset());
    return out.length();
  }
}
