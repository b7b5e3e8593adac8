package dev.tidegate.market;

import static dev.tidegate.market.MarketConfig.set;

import dev.tidegate.bus.Markets.Fed;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Makes the feed that the configuration asks for. */
final class Feeds {
  private Feeds() {}

  /**
   * @param loop the event loop that is to take the records
   * @param elsewhere takes what a socket got for a shard that another instance owns
   */
  static Feed create(
      MarketConfig config,
      int shards,
      Map<String, String> kafka,
      Executor loop,
      Consumer<Fed> elsewhere,
      MeterRegistry meters) {
    Pump pump = new Pump(loop);
    Rejects rejects = new Rejects(meters, System::currentTimeMillis);
    return switch (set(config.feed())) {
      case KAFKA -> new KafkaFeed(kafka, config, pump, rejects, System::currentTimeMillis);
      case CAPTURE ->
          new CaptureFeed(Objects.requireNonNull(config.capture()), shards, pump, rejects);
      case SIMULATOR -> new SimulatorFeed(set(config.simulator()), shards, pump, Feeds::micros);
      case SOCKET -> {
        SocketFeed socket =
            new SocketFeed(set(config.socket()), shards, loop, pump, rejects, elsewhere);
        socket.listen();
        yield socket;
      }
    };
  }

  private static long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}
