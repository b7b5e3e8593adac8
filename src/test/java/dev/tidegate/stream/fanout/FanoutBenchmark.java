package dev.tidegate.stream.fanout;

import dev.tidegate.bus.Markets.Channel;
import dev.tidegate.bus.Markets.Delta;
import dev.tidegate.bus.Markets.Snapshot;
import dev.tidegate.bus.Markets.SymbolState;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.loop.SteppedLoop;
import dev.tidegate.stream.FakeMarket;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.encode.Shape;
import dev.tidegate.stream.encode.Text;
import dev.tidegate.stream.observe.StreamMeters;
import dev.tidegate.stream.protocol.Op;
import dev.tidegate.stream.shard.Instrument;
import dev.tidegate.stream.shard.Kept;
import dev.tidegate.stream.topic.Conflation;
import dev.tidegate.stream.topic.Topic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.PooledByteBufAllocator;
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

/** What conflating, encoding and assembling cost, without sockets. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FanoutBenchmark {
  private final List<Delta> deltas = new ArrayList<>();
  private final Text out = new Text(4096);
  private Frames frames;
  private Instrument instrument;
  private Topic book;
  private Topic ticker;
  private long version;
  private long seq = 1;
  private final Shape shape = new Shape(0, 0, false, false, false);

  @Setup
  public void setUp() {
    for (int i = 0; i < 20; i++) {
      deltas.add(FakeMarket.bid(String.valueOf(100 + i % 8), String.valueOf(i)));
    }
    frames = new Frames(PooledByteBufAllocator.DEFAULT, 6);
    Fanout fanout =
        new Fanout(
            new SteppedLoop(),
            frames,
            new Pressure(false),
            new StreamMeters(new SimpleMeterRegistry(), 0, System::nanoTime),
            Pictures.Sizes.parts(256 * 1024));
    int[] ids = {0};
    instrument = new Instrument("AAA", new Kept(20_000, 2_000), () -> ++ids[0], fanout);
    instrument.load(
        new SymbolState("AAA", 0, "e", 0, 1, 1, new Snapshot(List.of(), List.of()), 0, List.of()));
    book = instrument.topic(new Op.Key("book", Channel.BOOK, "AAA", 0, ""));
    ticker = instrument.topic(new Op.Key("ticker", Channel.TICKER, "AAA", 0, ""));
    for (Delta delta : deltas) {
      update(Channel.BOOK, delta);
    }
  }

  private void update(Channel channel, dev.tidegate.bus.Markets.Event event) {
    seq++;
    instrument.accept(seq, new Update("AAA", channel, seq, 1_700_000_000_000_000L, event));
  }

  @Benchmark
  public Delta conflateTwentyDeltas() {
    return Conflation.merge(deltas);
  }

  @Benchmark
  public int applyAndEncodeATicker() {
    long before = ticker.version;
    update(Channel.TICKER, FakeMarket.ticker("100.5"));
    out.reset();
    ticker.catchUp(before, true, shape, out);
    return out.length();
  }

  @Benchmark
  public int assembleAFrame() {
    out.reset().put('[');
    book.catchUp(version, true, shape, out);
    var frame = frames.text(out.put(']'), false);
    int size = frame.readableBytes();
    frame.release();
    return size;
  }

  @Benchmark
  public int assembleAFrameDeflated() {
    out.reset().put('[');
    book.catchUp(version, true, shape, out);
    var frame = frames.text(out.put(']'), true);
    int size = frame.readableBytes();
    frame.release();
    return size;
  }
}
