package dev.tidegate.market;

import static dev.tidegate.market.Setting.positive;
import static dev.tidegate.market.Setting.require;
import static dev.tidegate.market.Setting.set;
import static dev.tidegate.market.Setting.within;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tidegate.market.book.Bounds;
import dev.tidegate.market.feed.Simulation;
import dev.tidegate.market.owner.ReplicaSettings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where market data comes from and how much of it is kept.
 *
 * @param feed which source; the simulator unless said otherwise
 * @param topic the Kafka topic, {@code market.updates} by default
 * @param shards how the symbols are divided, 8 by default; with Kafka the partitions of the topic
 *     decide, and this is how many a missing topic is created with
 * @param lookback with Kafka, how far back a cold start reads; everything that is kept by default
 * @param keep what is kept for those who missed something
 * @param heartbeat how often an owner says that it lives, 500 ms by default
 * @param silence how long an owner may be silent before another node takes over, 2 s by default
 * @param settle how long a starting node listens before it claims shards, 1.5 s by default
 * @param staleAfter how long a channel of a symbol may be silent before it is called delayed
 */
public record MarketConfig(
    @Nullable Source feed,
    @Nullable String topic,
    @Nullable Integer shards,
    @Nullable Duration lookback,
    @Nullable Simulator simulator,
    @Nullable Capture capture,
    @Nullable Socket socket,
    @Nullable Keep keep,
    @Nullable Duration heartbeat,
    @Nullable Duration silence,
    @Nullable Duration settle,
    @Nullable StaleAfter staleAfter) {

  public static final MarketConfig DEFAULT =
      new MarketConfig(null, null, null, null, null, null, null, null, null, null, null, null);

  public MarketConfig {
    feed = feed == null ? Source.SIMULATOR : feed;
    topic = topic == null ? "market.updates" : topic;
    shards = within("shards", shards, 8, 1, 1024);
    simulator = simulator == null ? Simulator.DEFAULT : simulator;
    socket = socket == null ? new Socket(null, null) : socket;
    keep = keep == null ? Keep.DEFAULT : keep;
    heartbeat = positive("heartbeat", heartbeat, Duration.ofMillis(500));
    silence = positive("silence", silence, Duration.ofSeconds(2));
    settle = settle == null ? Duration.ofMillis(1500) : settle;
    staleAfter = staleAfter == null ? StaleAfter.DEFAULT : staleAfter;
    require(silence.compareTo(heartbeat) > 0, "silence", silence, "more than heartbeat");
    require(
        feed != Source.CAPTURE || capture != null, "capture", "null", "a path for feed capture");
  }

  /** The source as operators see it. */
  String source() {
    return set(feed).name().toLowerCase(Locale.ROOT);
  }

  Bounds bounds() {
    return set(keep).bounds();
  }

  /** A node that is alone has nobody to listen to before it claims its shards. */
  ReplicaSettings replicas(int count, boolean clustered) {
    return new ReplicaSettings(
        count,
        set(heartbeat).toMillis(),
        set(silence).toMillis(),
        clustered ? set(settle).toMillis() : 0,
        set(staleAfter).millis(),
        MarketConfig::epoch);
  }

  /** Unlike any other, however often a cluster starts. */
  private static String epoch() {
    return Long.toString(UUID.randomUUID().getMostSignificantBits() & Long.MAX_VALUE, 36);
  }

  /** Where records come from. */
  public enum Source {
    @JsonProperty("kafka")
    KAFKA,
    @JsonProperty("capture")
    CAPTURE,
    @JsonProperty("simulator")
    SIMULATOR,
    @JsonProperty("socket")
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
      @Nullable List<String> symbols,
      @Nullable String prefix,
      @Nullable Integer count,
      @Nullable Double rate,
      @Nullable Integer book,
      @Nullable Integer trade,
      @Nullable Integer ticker,
      @Nullable Long seed) {
    private static final List<String> USUAL =
        List.of("BTC-USD", "ETH-USD", "SOL-USD", "XRP-USD", "LTC-USD", "ADA-USD");

    static final Simulator DEFAULT = new Simulator(null, null, null, null, null, null, null, null);

    public Simulator {
      count = within("simulator.count", count, 0, 0, 100_000);
      prefix = prefix == null ? "SYM" : prefix;
      symbols = symbols == null || symbols.isEmpty() ? names(prefix, count) : List.copyOf(symbols);
      rate = rate == null ? 100.0 : rate;
      require(rate > 0 && rate <= 10_000_000, "simulator.rate", rate, "1 to 10000000 a second");
      book = within("simulator.book", book, 7, 0, 1000);
      trade = within("simulator.trade", trade, 1, 0, 1000);
      ticker = within("simulator.ticker", ticker, 2, 0, 1000);
      require(book + trade + ticker > 0, "simulator", "0, 0, 0", "a part in the mix");
      seed = seed == null ? 1L : seed;
    }

    private static List<String> names(String prefix, int count) {
      if (count == 0) {
        return USUAL;
      }
      return java.util.stream.IntStream.range(0, count)
          .mapToObj(i -> prefix + "0".repeat(Math.max(0, 4 - Integer.toString(i).length())) + i)
          .toList();
    }

    Simulation simulation() {
      return new Simulation(set(symbols), set(rate), set(book), set(trade), set(ticker), set(seed));
    }
  }

  /**
   * A recorded stream.
   *
   * @param speed divides the recorded gaps; 0 is as fast as possible
   * @param loop begins again at the end
   */
  public record Capture(String path, @Nullable Double speed, @Nullable Boolean loop) {
    public Capture {
      speed = speed == null ? 1.0 : speed;
      loop = loop != null && loop;
      require(speed >= 0, "capture.speed", speed, "0 or more");
    }
  }

  /** A listener for lines of the feed topic's JSON; port 0 is any free one. */
  public record Socket(@Nullable String host, @Nullable Integer port) {
    public Socket {
      host = host == null ? "127.0.0.1" : host;
      port = within("socket.port", port, 0, 0, 65535);
    }

    InetSocketAddress address() {
      return InetSocketAddress.createUnresolved(set(host), set(port));
    }
  }
}
