package dev.tidegate.market;

import dev.tidegate.bus.Bus;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.cluster.ClusterManager;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One instance of MARKET: gives the desk its event loop, its timer, its bus and its feed. */
public final class MarketVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(MarketVerticle.class);
  private static final long TICK_MILLIS = 100;
  private static final long RETRY_MILLIS = 1_000;

  private final MarketConfig config;
  private final Feeds feeds;
  private final String node;
  private final MeterRegistry meters;
  private @Nullable ShardHolder desk;
  private boolean stopped;

  /**
   * @param kafka the client's properties, {@code bootstrap.servers} above all; used by feed kafka
   * @param node the name of this node, the same for all its instances
   */
  public MarketVerticle(
      MarketConfig config, Map<String, String> kafka, String node, MeterRegistry meters) {
    this(config, Feeds.of(config, Map.copyOf(kafka), meters), node, meters);
  }

  MarketVerticle(MarketConfig config, Feeds feeds, String node, MeterRegistry meters) {
    this.config = config;
    this.feeds = feeds;
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
    vertx
        .executeBlocking(feeds::shards, false)
        .onSuccess(this::open)
        .onFailure(
            e -> {
              LOG.atWarn().addKeyValue("reason", e).log("number of shards not known yet");
              vertx.setTimer(RETRY_MILLIS, t -> countShards());
            });
  }

  private void open(int shards) {
    if (stopped) {
      return;
    }
    ClusterManager manager = ((VertxInternal) vertx).clusterManager();
    ShardHolder.Parts parts =
        new ShardHolder.Parts(
            new Bus(vertx.eventBus()),
            task -> context.runOnContext(v -> task.run()),
            vertx.sharedData().getAsyncMap("tidegate.market.claims"),
            vertx
                .sharedData()
                .<String, NodeShards>getLocalMap("tidegate.market")
                .computeIfAbsent("instances", key -> new NodeShards()),
            manager == null ? List::of : manager::getNodes,
            meters,
            System::currentTimeMillis);
    ShardHolder opened =
        new ShardHolder(parts, config, shards, feeds, node, manager == null ? "" : manager.getNodeId());
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
