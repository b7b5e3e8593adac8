package dev.tidegate.market;

import static dev.tidegate.market.MarketConfig.set;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Markets;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.cluster.ClusterManager;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One instance of MARKET: gives the desk its event loop, its timer, its bus and its feed. */
public final class MarketVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(MarketVerticle.class);
  private static final long TICK_MILLIS = 100;
  private static final long RETRY_MILLIS = 1_000;

  private final MarketConfig config;
  private final Map<String, String> kafka;
  private final String node;
  private final MeterRegistry meters;
  private @Nullable Desk desk;
  private boolean stopped;

  /**
   * @param kafka the client's properties, {@code bootstrap.servers} above all; used by feed kafka
   * @param node the name of this node, the same for all its instances
   */
  public MarketVerticle(
      MarketConfig config, Map<String, String> kafka, String node, MeterRegistry meters) {
    this.config = config;
    this.kafka = Map.copyOf(kafka);
    this.node = node;
    this.meters = meters;
  }

  /** Does not wait for a broker: the shards are served as soon as their number is known. */
  @Override
  public Future<?> start() {
    countShards();
    return Future.succeededFuture();
  }

  private void countShards() {
    if (config.feed() != MarketConfig.Source.KAFKA) {
      open(set(config.shards()));
      return;
    }
    vertx
        .executeBlocking(
            () -> KafkaTopic.partitions(kafka, set(config.topic()), set(config.shards())), false)
        .onSuccess(this::open)
        .onFailure(
            e -> {
              LOG.atWarn().addKeyValue("topic", config.topic()).log("feed topic unknown: {}", e);
              vertx.setTimer(RETRY_MILLIS, t -> countShards());
            });
  }

  private void open(int shards) {
    if (stopped) {
      return;
    }
    ClusterManager manager = ((VertxInternal) vertx).clusterManager();
    Bus bus = new Bus(vertx.eventBus());
    Executor loop = task -> context.runOnContext(v -> task.run());
    Members members =
        new Members(
            node,
            set(config.silence()).toMillis(),
            System::currentTimeMillis,
            member -> manager == null || manager.getNodes().contains(member));
    Feed feed =
        Feeds.create(
            config, shards, kafka, loop, fed -> bus.send(Markets.fed(fed.shard()), fed), meters);
    Cluster cluster =
        new BusCluster(
            bus,
            node,
            members,
            vertx.sharedData().getAsyncMap("tidegate.market.claims"),
            fed -> {
              if (feed instanceof SocketFeed socket) {
                socket.fed(fed);
              }
            },
            meters);
    Instances instances =
        vertx
            .sharedData()
            .<String, Instances>getLocalMap("tidegate.market")
            .computeIfAbsent("instances", key -> new Instances());
    Desk opened =
        new Desk(
            new Desk.Parts(
                bus, cluster, members, feed, instances, meters, System::currentTimeMillis),
            config,
            shards,
            manager == null ? "" : manager.getNodeId(),
            manager != null);
    desk = opened;
    opened.tick();
    vertx.setPeriodic(TICK_MILLIS, t -> opened.tick());
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    if (desk != null) {
      desk.close();
    }
    return Future.succeededFuture();
  }
}
