package dev.tidegate.market;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.Directory;
import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Operations.Show;
import dev.tidegate.bus.Operations.Shown;
import dev.tidegate.loop.Loop;
import dev.tidegate.market.book.Shard;
import dev.tidegate.market.book.ShardBounds;
import dev.tidegate.market.feed.Feed;
import dev.tidegate.market.feed.Layout;
import dev.tidegate.market.owner.BusPeers;
import dev.tidegate.market.owner.Handover;
import dev.tidegate.market.owner.ReplicaSettings;
import dev.tidegate.market.owner.ShardReplica;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicas of one instance: takes the shards that are its own, steps them, passes on what it
 * hears. For one event loop.
 */
final class ShardHolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ShardHolder.class);
  private static final Duration TICK = Duration.ofMillis(100);

  private record Holding(ShardReplica replica, MessageConsumer<?> updates) {}

  private final MarketNode node;
  private final Bus bus;
  private final Loop loop;
  private final BusPeers peers;
  private final Feed feed;
  private final ReplicaSettings settings;
  private final ShardBounds bounds;
  private final MarketView view;
  private final int instance;
  private final Map<Integer, Holding> held = new TreeMap<>();
  private final List<MessageConsumer<?>> consumers = new ArrayList<>();
  private Loop.Timer ticks = () -> {};
  private long saidAt;

  ShardHolder(
      MarketNode node,
      Bus bus,
      Loop loop,
      BusPeers peers,
      Feed feed,
      ReplicaSettings settings,
      MarketConfig config) {
    this.node = node;
    this.bus = bus;
    this.loop = loop;
    this.peers = peers;
    this.feed = feed;
    this.settings = settings;
    this.bounds = config.bounds();
    this.view = new MarketView(config.source(), settings.division());
    instance = node.shards().join();
  }

  void start() {
    node.meters().measure(shards());
    consumers.add(bus.hear(Markets.DIRECTORY, this::heard));
    consumers.add(bus.hear(Markets.DIRECTORY_WANTED, wanted -> list()));
    consumers.add(bus.hear(Operations.show("market"), this::show));
    tick();
    ticks = loop.every(TICK, this::tick);
  }

  private int shards() {
    return settings.division().shards();
  }

  /** The source is divided so now, and may be another one, or have been missing. */
  void adopt(Layout now) {
    LOG.atWarn()
        .addKeyValue("shards", now.shards())
        .addKeyValue("before", shards())
        .addKeyValue("source", now.id())
        .log("the source is divided so now");
    settings.division().adopt(now);
    node.meters().measure(now.shards());
    List.copyOf(held.keySet()).stream().filter(shard -> shard >= shards()).forEach(this::release);
    tick(); // before anything more is read: what was numbered of another source ends
    feed.missing(null);
    node.meters().missing(false);
  }

  /** There is no source now. */
  void missing(String why) {
    LOG.atError().addKeyValue("reason", why).log("nothing can be read");
    node.meters().missing(true);
    feed.missing(why);
  }

  private void tick() {
    long now = loop.millis();
    settings.listing().check(loop.nanos());
    if (now - saidAt >= settings.heartbeat()) {
      saidAt = now;
      peers.sayPresent();
    }
    for (int shard = 0; shard < shards(); shard++) {
      boolean mine = node.shards().assigned(shard, instance);
      if (!mine && held.containsKey(shard)) {
        release(shard);
      } else if (mine && !held.containsKey(shard) && node.shards().take(shard, instance)) {
        hold(shard, now);
      }
    }
    for (Holding each : held.values()) {
      each.replica().tick(now);
      node.meters().touched(each.replica().shard(), each.replica().silence());
    }
  }

  private void hold(int shard, long now) {
    Handover left = node.shards().left(shard);
    Handover from =
        left != null
            ? left
            : Handover.of(new Shard(shard, bounds, loop::millis, node.meters()::dropped));
    ShardReplica replica =
        new ShardReplica(from, peers, feed, settings, now, node.meters()::takenOver);
    MessageConsumer<?> updates =
        bus.hear(Markets.updates(shard), batch -> replica.hear(batch, loop.millis()));
    held.put(shard, new Holding(replica, updates));
  }

  private void release(int shard) {
    Holding gone = held.remove(shard);
    if (gone != null) {
      gone.updates().unregister();
      Handover state = gone.replica().park();
      boolean exists = shard < shards();
      node.shards().release(shard, exists ? state : null);
      if (!exists) {
        node.meters().gone(shard);
      }
    }
  }

  private void heard(Directory directory) {
    List<String> also = settings.listing().hear(directory, loop.nanos()).contested();
    if (!also.isEmpty() && held.containsKey(directory.shard())) {
      LOG.atWarn()
          .addKeyValue("shard", directory.shard())
          .addKeyValue("symbols", also.size())
          .addKeyValue("first", also.getFirst())
          .log("symbols that another shard has too");
    }
    if (!also.isEmpty()) {
      list(); // whose they are is decided by what all say of them
    }
    Holding each = held.get(directory.shard());
    if (each != null) {
      each.replica().hear(directory, loop.millis());
    }
  }

  private void list() {
    held.values().forEach(each -> each.replica().list());
  }

  private void show(Show show) {
    List<ShardReplica> replicas = held.values().stream().map(Holding::replica).toList();
    String json = view.json(replicas, show, loop.millis());
    bus.send(Operations.shown(show.replyTo()), new Shown(node.name(), "market-" + instance, json));
  }

  /** Leaves the shards to the other instances, or to the other nodes when there is none. */
  @Override
  public void close() {
    ticks.cancel();
    consumers.forEach(MessageConsumer::unregister);
    peers.close();
    boolean last = node.shards().leave(instance);
    List.copyOf(held.keySet()).forEach(this::release);
    if (last) {
      peers.sayLeaving();
    }
    feed.close();
  }
}
