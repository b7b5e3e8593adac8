package dev.tidegate.market;

import dev.tidegate.market.feed.CaptureFeed;
import dev.tidegate.market.feed.Elsewhere;
import dev.tidegate.market.feed.Feed;
import dev.tidegate.market.feed.KafkaFeed;
import dev.tidegate.market.feed.KafkaTopic;
import dev.tidegate.market.feed.Pump;
import dev.tidegate.market.feed.SimulatorFeed;
import dev.tidegate.market.feed.SocketFeed;
import dev.tidegate.market.feed.Source;
import dev.tidegate.market.record.CaptureReader;
import dev.tidegate.market.record.Rejects;
import dev.tidegate.market.record.Times;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;

/** Makes the feed that the configuration asks for. */
interface Feeds {
  /** Fails when the source can never be read; may block. */
  default void check() throws IOException {}

  /** How the source is divided, and whether it still is. */
  Source source();

  /**
   * @param loop the event loop that is to take the records
   * @param elsewhere takes what a socket got for a shard that another instance owns
   */
  Feed create(int shards, Executor loop, Elsewhere elsewhere);

  static Feeds of(MarketConfig config, Map<String, String> kafka, MarketNode node) {
    return new Configured(config, kafka, node);
  }

  /** By the configuration. */
  record Configured(MarketConfig config, Map<String, String> kafka, MarketNode node)
      implements Feeds {
    @Override
    public void check() throws IOException {
      if (config.capture() != null && config.feed() == MarketConfig.Source.CAPTURE) {
        CaptureReader.check(Path.of(config.capture().path()));
      }
    }

    @Override
    public Source source() {
      return config.feed() == MarketConfig.Source.KAFKA
          ? new KafkaTopic(kafka, config.topic(), config.shards())
          : Source.fixed(config.shards());
    }

    @Override
    public Feed create(int shards, Executor loop, Elsewhere elsewhere) {
      Pump pump = new Pump(loop);
      Rejects rejects = new Rejects(node.registry(), node.clock()::millis);
      Times times = new Times(node.registry());
      return switch (config.feed()) {
        case KAFKA -> kafka(pump, rejects, times);
        case CAPTURE -> capture(shards, pump, rejects, times);
        case SIMULATOR ->
            new SimulatorFeed(config.simulator().simulation(), shards, pump, this::micros);
        case SOCKET -> {
          InetSocketAddress address = config.socket().address();
          SocketFeed socket =
              new SocketFeed(
                  address,
                  shards,
                  loop,
                  pump,
                  rejects,
                  times,
                  this::micros,
                  elsewhere,
                  node.meters()::dropped);
          socket.listen();
          yield socket;
        }
      };
    }

    private Feed kafka(Pump pump, Rejects rejects, Times times) {
      return new KafkaFeed(
          kafka, config.topic(), config.lookback(), pump, rejects, times, node.clock()::millis);
    }

    private Feed capture(int shards, Pump pump, Rejects rejects, Times times) {
      MarketConfig.Capture capture = Objects.requireNonNull(config.capture());
      return new CaptureFeed(
          Path.of(capture.path()),
          capture.speed(),
          capture.loop(),
          shards,
          pump,
          rejects,
          times,
          this::micros);
    }

    private long micros() {
      return ChronoUnit.MICROS.between(Instant.EPOCH, node.clock().instant());
    }
  }
}
