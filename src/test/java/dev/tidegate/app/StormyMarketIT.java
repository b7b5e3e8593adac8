package dev.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidegate.testing.Captures;
import dev.tidegate.testing.GatewayCluster;
import dev.tidegate.testing.GatewayProcess;
import dev.tidegate.testing.KafkaBroker;
import dev.tidegate.testing.MarketClients;
import dev.tidegate.testing.RedisServer;
import dev.tidegate.testing.ReferenceBook;
import dev.tidegate.testing.Storm;
import dev.tidegate.testing.StormClient;
import dev.tidegate.testing.StormFeed;
import dev.tidegate.testing.StormWeather;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Both recorded markets at once, one as it was, at 20 times its speed or as fast as possible, while
 * clients pause, drop and come back, one node is killed and one freezes and thaws: every client
 * ends with exactly the exchange's books and trades. {@code -Dtidegate.seed=} repeats the choices
 * of a run, {@code -Dtidegate.clients=200} is the full form.
 */
class StormyMarketIT {
  private static final String RECEIVE_BUFFER = "jdk.httpclient.receiveBufferSize";
  private static final int MARKET_MILLIS = 28_000;
  private static final int FROZEN_MILLIS = 6_000;
  private static final int CALM_MILLIS = 20_000;

  private final long seed = Long.getLong("tidegate.seed", System.nanoTime() & 0xffff_ffffL);
  private final int size = Integer.getInteger("tidegate.clients", 60);

  @BeforeAll
  static void letPausesReachTheGateway() {
    System.setProperty(RECEIVE_BUFFER, "8192");
  }

  @AfterAll
  static void usualBuffers() {
    System.clearProperty(RECEIVE_BUFFER);
  }

  @Test
  void everyClientEndsWithTheExchangesBooksAndTrades() throws Exception {
    System.out.println("storm: -Dtidegate.seed=" + seed + " -Dtidegate.clients=" + size);
    Path coinbase = Captures.coinbase();
    Path binance = Captures.binance();
    Map<String, ReferenceBook> expected = new TreeMap<>(ReferenceBook.of(coinbase));
    expected.putAll(ReferenceBook.of(binance));
    try (GatewayCluster cluster =
            GatewayCluster.start("storm", 3, KafkaBroker.shared(), RedisServer.shared());
        Storm storm = new Storm(seed, cluster, expected)) {
      cluster.list(expected.keySet());
      for (GatewayProcess node : cluster.nodes()) {
        for (String symbol : expected.keySet()) {
          MarketClients.awaitListed(node, symbol);
        }
      }
      for (int i = 0; i < size; i++) {
        live(storm, storm.add("client-" + i), MARKET_MILLIS);
      }
      outages(storm, cluster);
      String own = speed(coinbase);
      String beside = List.of(speed(binance), "20", "0").get(storm.random().nextInt(3));
      try (GatewayProcess backbone = cluster.replay(coinbase, own);
          GatewayProcess second = cluster.replay(binance, beside)) {
        assertThat(backbone.exitCode(120)).as(backbone.errors()).isZero();
        assertThat(second.exitCode(60)).as(second.errors()).isZero();
      }
      List<String> wrong = storm.settle(50);
      System.out.println("storm: seed " + seed + ": " + storm.summary());
      assertThat(wrong).as("-Dtidegate.seed=" + seed).isEmpty();
      assertThat(storm.recovered()).as("resumed without a new snapshot").isGreaterThan(size);
    }
  }

  /**
   * An invented market, for as many seconds as {@code -Dtidegate.storm=} says, with nodes that die
   * and come back or stand still, a broker that is killed, a source that begins anew and a topic
   * that is made anew: every client ends with the source's books and its trades, and nothing that
   * it is told breaks a rule or is missing from a heartbeat.
   */
  @Test
  @EnabledIfSystemProperty(named = "tidegate.storm", matches = "\\d+")
  void everyClientEndsWithTheSourcesBooksWhateverBefallsTheCluster() throws Exception {
    System.out.println("storm: -Dtidegate.seed=" + seed + " -Dtidegate.clients=" + size);
    long millis = Duration.ofSeconds(Long.getLong("tidegate.storm")).toMillis();
    try (KafkaBroker broker = KafkaBroker.start();
        GatewayCluster cluster = GatewayCluster.start("gale", 3, broker, RedisServer.shared());
        StormFeed feed = new StormFeed(seed, cluster);
        Storm storm = new Storm(seed, cluster, feed.books(), true)) {
      for (GatewayProcess node : cluster.nodes()) {
        for (String symbol : feed.books().keySet()) {
          MarketClients.awaitListed(node, symbol);
        }
      }
      for (int i = 0; i < size; i++) {
        live(storm, storm.add("client-" + i), (int) millis);
      }
      feed.start();
      StormWeather weather = new StormWeather(storm, cluster, broker, feed);
      weather.rage(millis);
      feed.calm();
      Thread.sleep(CALM_MILLIS);
      feed.end();
      List<String> wrong = storm.settle(50);
      System.out.println("storm: seed " + seed + ": " + weather.summary() + ", " + storm.summary());
      assertThat(wrong).as("-Dtidegate.seed=" + seed).isEmpty();
      assertThat(storm.recovered()).as("resumed without a new snapshot").isGreaterThan(size);
    }
  }

  /** Its own; a recording that is shorter than the storm is stretched. */
  private static String speed(Path capture) throws IOException {
    return Double.toString(Math.min(1, Captures.seconds(capture) * 1_000 / MARKET_MILLIS));
  }

  /** The life of one client: when it comes, pauses and is cut off. */
  private static void live(Storm storm, StormClient client, int millis) {
    Random own = storm.choicesOf(client);
    int arrival = own.nextInt(10) < 7 ? 0 : own.nextInt(millis / 2);
    storm.after(arrival, () -> storm.connect(client));
    int at = arrival;
    int incidents = 1 + own.nextInt(4 * millis / MARKET_MILLIS);
    for (int i = 0; i < incidents; i++) {
      at += 1_000 + own.nextInt(7_000);
      if (own.nextBoolean()) {
        int length = 1_000 + own.nextInt(19_000);
        if (at + length > millis) {
          return;
        }
        storm.after(at, client::pause);
        boolean cut = own.nextInt(4) == 0;
        at += length;
        storm.after(at, () -> storm.resume(client));
        if (!cut) {
          continue;
        }
      }
      storm.after(at, () -> client.drop("by choice"));
      at += own.nextInt(2_000);
      storm.after(
          at,
          () -> {
            if (!client.connected()) {
              storm.connect(client);
            }
          });
    }
  }

  /** One node dies, and one stands still for a while. */
  private static void outages(Storm storm, GatewayCluster cluster) {
    Random random = storm.random();
    int first = random.nextInt(3);
    GatewayProcess killed = cluster.node(first);
    GatewayProcess frozen = cluster.node((first + 1 + random.nextInt(2)) % 3);
    int death = 8_000 + random.nextInt(3_000);
    int frost = 16_000 + random.nextInt(4_000);
    storm.after(
        death,
        () -> {
          System.out.println("storm: " + storm.millis() + " ms: killing " + killed.name());
          storm.lose(killed);
          killed.kill();
        });
    storm.after(
        frost,
        () -> {
          System.out.println("storm: " + storm.millis() + " ms: freezing " + frozen.name());
          storm.lose(frozen);
          frozen.freeze();
        });
    storm.after(
        frost + FROZEN_MILLIS,
        () -> {
          frozen.thaw();
          storm.regain(frozen);
        });
  }
}
