package dev.tidegate.market;

import dev.tidegate.bus.Listing;
import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import dev.tidegate.config.Mistakes;
import dev.tidegate.market.book.ShardBounds;
import dev.tidegate.market.feed.Layout;
import dev.tidegate.market.feed.Simulation;
import dev.tidegate.market.owner.Division;
import dev.tidegate.market.owner.ReplicaSettings;
import dev.tidegate.market.record.CaptureReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Where market data comes from and how much of it is kept.
 *
 * @param feed which source
 * @param topic the Kafka topic
 * @param shards how the symbols are divided; with Kafka the partitions of the topic decide, and
 *     this is how many a missing topic is created with
 * @param lookback with Kafka, how far back a cold start reads; everything that is kept by default
 * @param keep what is kept for those who missed something
 * @param heartbeat how often an owner says that it lives
 * @param silence how long an owner may be silent before another node takes over
 * @param settle how long a starting node listens before it claims shards
 * @param staleAfter how long a channel of a symbol may be silent before it is called delayed
 */
public record MarketConfig(
    @Default("simulator") Source feed,
    @Default("market.updates") String topic,
    @Default("8") int shards,
    @Nullable Duration lookback,
    @Default("{}") Simulator simulator,
    @Nullable Capture capture,
    @Default("{}") Socket socket,
    @Default("{}") Keep keep,
    @Default("500ms") Duration heartbeat,
    @Default("2s") Duration silence,
    @Default("1500ms") Duration settle,
    @Default("{}") StaleAfter staleAfter) {

  public MarketConfig {
    Check.within("shards", shards, 1, 1024);
    Check.positive("heartbeat", heartbeat);
    Check.that(silence.compareTo(heartbeat) > 0, "silence", silence, "more than heartbeat");
    Check.that(
        feed != Source.CAPTURE || capture != null, "capture", capture, "a path for feed capture");
  }

  /** Opens the recording. */
  public void open(Mistakes to) {
    if (feed == Source.CAPTURE && capture != null) {
      try {
        CaptureReader.check(Path.of(capture.path));
      } catch (NoSuchFileException e) {
        to.add("capture.path", capture.path, "a file");
      } catch (IOException e) {
        to.add("capture.path", capture.path, "a recording that can be read: " + e.getMessage());
      }
    }
  }

  /** The source as operators see it. */
  String source() {
    return feed.name().toLowerCase(Locale.ROOT);
  }

  ShardBounds bounds() {
    return keep.bounds();
  }

  /** A node that is alone has nobody to listen to before it claims its shards. */
  ReplicaSettings replicas(Layout layout, boolean clustered, Listing listing) {
    return new ReplicaSettings(
        new Division(layout, MarketConfig::epoch),
        heartbeat.toMillis(),
        silence.toMillis(),
        clustered ? settle.toMillis() : 0,
        staleAfter.millis(),
        listing);
  }

  /** Unlike any other, however often a cluster starts. */
  private static String epoch() {
    return Long.toString(UUID.randomUUID().getMostSignificantBits() & Long.MAX_VALUE, 36);
  }

  /** Where records come from. */
  public enum Source {
    KAFKA,
    CAPTURE,
    SIMULATOR,
    SOCKET
  }

  /**
   * A seeded random walk.
   *
   * @param symbols the symbols by name; or none, and {@code count} symbols {@code SYM0000}...
   * @param rate records a second over all symbols
   * @param book parts of book changes in the mix, like {@code trade} and {@code ticker}
   */
  public record Simulator(
      @Default("[]") List<String> symbols,
      @Default("SYM") String prefix,
      @Default("0") int count,
      @Default("100") double rate,
      @Default("7") int book,
      @Default("1") int trade,
      @Default("2") int ticker,
      @Default("1") long seed) {
    private static final List<String> USUAL =
        List.of("BTC-USD", "ETH-USD", "SOL-USD", "XRP-USD", "LTC-USD", "ADA-USD");

    public Simulator {
      Check.within("count", count, 0, 100_000);
      Check.that(rate > 0 && rate <= 10_000_000, "rate", rate, "1 to 10000000 a second");
      Check.within("book", book, 0, 1000);
      Check.within("trade", trade, 0, 1000);
      Check.within("ticker", ticker, 0, 1000);
      Check.that(book + trade + ticker > 0, "book", book, "a part in the mix for one of the three");
      symbols = symbols.isEmpty() ? names(prefix, count) : List.copyOf(symbols);
    }

    private static List<String> names(String prefix, int count) {
      if (count == 0) {
        return USUAL;
      }
      return IntStream.range(0, count)
          .mapToObj(i -> prefix + "0".repeat(Math.max(0, 4 - Integer.toString(i).length())) + i)
          .toList();
    }

    Simulation simulation() {
      return new Simulation(symbols, rate, book, trade, ticker, seed);
    }
  }

  /**
   * A recorded stream.
   *
   * @param speed divides the recorded gaps; 0 is as fast as possible
   * @param loop begins again at the end
   */
  public record Capture(String path, @Default("1") double speed, @Default("false") boolean loop) {
    public Capture {
      Check.given("path", path, "a recording");
      Check.that(speed >= 0, "speed", speed, "0 or more");
    }
  }

  /** A listener for lines of the feed topic's JSON; port 0 is any free one. */
  public record Socket(@Default("127.0.0.1") String host, @Default("0") int port) {
    public Socket {
      Check.host("host", host);
      Check.port("port", port);
    }

    InetSocketAddress address() {
      return InetSocketAddress.createUnresolved(host, port);
    }
  }
}
