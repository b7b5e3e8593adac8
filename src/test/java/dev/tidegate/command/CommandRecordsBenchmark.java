package dev.tidegate.command;

import dev.tidegate.bus.Commands.Header;
import dev.tidegate.bus.Commands.Submit;
import dev.tidegate.command.log.CommandRecords;
import dev.tidegate.command.state.CommandIds;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What accepting costs before anything is sent. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CommandRecordsBenchmark {
  private final byte[] body =
      "{\"symbol\":\"BTC-USD\",\"side\":\"buy\",\"price\":\"100.10\",\"size\":\"0.5\"}"
          .getBytes(StandardCharsets.UTF_8);
  private final Submit order =
      new Submit(
          "alice",
          "a-1",
          "orders",
          "commands",
          "orders",
          "POST",
          "/v1/orders",
          "key-1",
          List.of(
              new Header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")),
          "application/json",
          body,
          1_700_000_060_000L);
  private final Fingerprint fingerprint = new Fingerprint();
  private final CommandIds ids = new CommandIds(System::currentTimeMillis, new SplittableRandom(1));

  @Benchmark
  public String validate() {
    return CommandRecords.malformed(body);
  }

  @Benchmark
  public byte[] encode() {
    return CommandRecords.command(
        "0198c0c4-0000-7000-8000-000000000001", order, 1_700_000_000_000L);
  }

  @Benchmark
  public String fingerprint() {
    return fingerprint.of(order);
  }

  @Benchmark
  public String id() {
    return ids.next("alice");
  }
}
