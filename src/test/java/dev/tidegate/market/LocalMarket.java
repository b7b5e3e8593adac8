package dev.tidegate.market;

import static dev.tidegate.testing.Await.await;
import static dev.tidegate.testing.Await.get;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.Batch;
import dev.tidegate.bus.Markets.CatchUp;
import dev.tidegate.bus.Markets.CaughtUp;
import dev.tidegate.bus.Markets.Delays;
import dev.tidegate.bus.Markets.Directory;
import dev.tidegate.bus.Markets.FeedState;
import dev.tidegate.loop.EventLoops;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** One node, n1, that runs MARKET and is in no cluster, and all that it says. */
final class LocalMarket {
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final Bus bus;
  final Map<Integer, Queue<Batch>> batches = new ConcurrentHashMap<>();
  final BlockingQueue<Directory> directories = new LinkedBlockingQueue<>();
  final BlockingQueue<FeedState> states = new LinkedBlockingQueue<>();
  final BlockingQueue<Delays> delays = new LinkedBlockingQueue<>();

  private final Vertx vertx = Vertx.vertx();
  private final EventLoops loops = new EventLoops(meters);
  private final MarketNode node = new MarketNode("n1", meters, InstantSource.system());
  private final MarketConfig config;
  private final Feeds feeds;
  private final AtomicInteger instances = new AtomicInteger();

  /** With the feed that the configuration names. */
  LocalMarket(MarketConfig config, Map<String, String> kafka) throws Exception {
    this(config, node -> Feeds.of(config, kafka, node));
  }

  LocalMarket(MarketConfig config, Feeds feeds) throws Exception {
    this(config, node -> feeds);
  }

  private LocalMarket(MarketConfig config, Function<MarketNode, Feeds> feeds) throws Exception {
    this.config = config;
    this.feeds = feeds.apply(node);
    Codecs.register(vertx.eventBus());
    bus = new Bus(vertx.eventBus());
    for (int shard = 0; shard < config.shards(); shard++) {
      Queue<Batch> said = new ConcurrentLinkedQueue<>();
      batches.put(shard, said);
      bus.hear(Markets.updates(shard), said::add);
    }
    bus.hear(Markets.DIRECTORY, directories::add);
    bus.hear(Markets.FEED_STATE, states::add);
    bus.hear(Markets.DELAYS, delays::add);
  }

  /** Starts so many instances; what is returned takes them away again. */
  String deploy(int count) throws Exception {
    return get(
        vertx.deployVerticle(
            () ->
                new MarketVerticle(
                    config, feeds, node, loops, "market-" + instances.getAndIncrement()),
            new DeploymentOptions().setInstances(count)));
  }

  void undeploy(String deployed) throws Exception {
    get(vertx.undeploy(deployed));
  }

  /** How many updates were said. */
  int total() {
    return batches.values().stream()
        .flatMap(Queue::stream)
        .mapToInt(batch -> batch.updates().size())
        .sum();
  }

  /** What each shard said last; without those that have said nothing yet. */
  List<Batch> latest() {
    return batches.values().stream()
        .flatMap(said -> said.stream().reduce((earlier, later) -> later).stream())
        .toList();
  }

  /** A shard that passes from one instance to another answers nobody for a moment. */
  CaughtUp ask(CatchUp question) throws Exception {
    AtomicReference<CaughtUp> answer = new AtomicReference<>();
    await(
        () -> {
          Future<CaughtUp> asked =
              bus.ask(
                  Markets.catchUp(question.shard()),
                  question,
                  CaughtUp.class,
                  Duration.ofSeconds(5));
          await(asked::isComplete);
          answer.set(asked.result());
          return asked.succeeded();
        });
    return answer.get();
  }

  void close() throws Exception {
    get(vertx.close());
  }
}
