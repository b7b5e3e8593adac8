package dev.tidegate.market;

import static dev.tidegate.market.Setting.set;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.Directory;
import dev.tidegate.bus.Markets.Fed;
import dev.tidegate.bus.Markets.Present;
import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Operations.Show;
import dev.tidegate.bus.Operations.Shown;
import dev.tidegate.market.book.Shard;
import dev.tidegate.market.feed.Feed;
import dev.tidegate.market.feed.SocketFeed;
import dev.tidegate.market.owner.BusPeers;
import dev.tidegate.market.owner.Members;
import dev.tidegate.market.owner.Peers;
import dev.tidegate.market.owner.ShardReplica;
import dev.tidegate.market.owner.ShardReplica.Parked;
import dev.tidegate.market.owner.ShardReplica.Rules;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.shareddata.AsyncMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The replicas of one instance: takes its shards, steps them, passes on what it hears. */
public final class ShardHolder implements AutoCloseable {
  private record Held(ShardReplica replica, MessageConsumer<?> updates) {}

  private final Bus bus;
  private final Peers cluster;
  private final Feed feed;
  private final NodeShards instances;
  private final int instance;
  private final Rules rules;
  private final Keep.Limits limits;
  private final LongSupplier clock;
  private final String feedName;
  private final Present present;
  private final Counter takeovers;
  private final Map<Integer, Held> held = new TreeMap<>();
  private final List<MessageConsumer<?>> consumers = new ArrayList<>();
  private long saidAt;

  /**
   * What the verticle hands out.
   *
   * @param loop runs a task on the instance's event loop
   * @param inCluster the members of the cluster; empty when there is none
   */
  record Parts(
      Bus bus,
      Executor loop,
      Future<AsyncMap<String, String>> claims,
      NodeShards instances,
      Supplier<? extends Collection<String>> inCluster,
      MeterRegistry meters,
      LongSupplier clock) {}

  /**
   * @param member this node in the cluster's membership, or empty when there is no cluster
   */
  ShardHolder(Parts parts, MarketConfig config, int shards, Feeds feeds, String node, String member) {
    bus = parts.bus();
    instances = parts.instances();
    clock = parts.clock();
    Members members =
        new Members(
            node,
            set(config.silence()).toMillis(),
            clock,
            m -> member.isEmpty() || parts.inCluster().get().contains(m));
    feed = feeds.create(shards, parts.loop(), fed -> bus.send(Markets.fed(fed.shard()), fed));
    cluster = new BusPeers(bus, node, members, parts.claims(), this::fed, parts.meters());
    limits = set(config.keep()).limits();
    feedName = set(config.feed()).name().toLowerCase(Locale.ROOT);
    rules =
        new Rules(
            shards,
            set(config.heartbeat()).toMillis(),
            set(config.silence()).toMillis(),
            member.isEmpty() ? 0 : set(config.settle()).toMillis(),
            set(config.staleAfter()),
            ShardHolder::epoch);
    present = new Present(node, member, false);
    instance = instances.join();
    instances.measure(shards, parts.meters(), clock);
    takeovers =
        Counter.builder("tidegate.market.takeovers")
            .description("shards that this node came to own")
            .register(parts.meters());
    consumers.add(bus.hear(Markets.PRESENT, members::hear));
    consumers.add(bus.hear(Markets.DIRECTORY, this::heard));
    consumers.add(bus.hear(Markets.DIRECTORY_WANTED, wanted -> list()));
    consumers.add(bus.hear(Operations.show("market"), this::show));
  }

  /** Unlike any other, however often a cluster starts. */
  private static String epoch() {
    return Long.toString(UUID.randomUUID().getMostSignificantBits() & Long.MAX_VALUE, 36);
  }

  /** Steps time; to be called about ten times a second. */
  void tick() {
    long now = clock.getAsLong();
    if (now - saidAt >= rules.heartbeat()) {
      saidAt = now;
      bus.publish(Markets.PRESENT, present);
    }
    for (int shard = 0; shard < rules.shards(); shard++) {
      boolean mine = instances.assigned(shard, instance);
      if (!mine && held.containsKey(shard)) {
        release(shard);
      } else if (mine && !held.containsKey(shard) && instances.take(shard, instance)) {
        hold(shard, now);
      }
    }
    for (Held each : held.values()) {
      each.replica().tick(now);
      instances.touched(each.replica().shard(), each.replica().silence());
    }
  }

  private void hold(int shard, long now) {
    Parked left = instances.left(shard);
    Parked from =
        left != null ? left : new Parked(new Shard(shard, limits, clock), null, false, false);
    ShardReplica replica = new ShardReplica(from, cluster, feed, rules, now, takeovers::increment);
    MessageConsumer<?> updates =
        bus.hear(Markets.updates(shard), batch -> replica.hear(batch, clock.getAsLong()));
    held.put(shard, new Held(replica, updates));
  }

  private void release(int shard) {
    Held gone = held.remove(shard);
    if (gone != null) {
      gone.updates().unregister();
      instances.release(shard, gone.replica().park());
    }
  }

  private void fed(Fed records) {
    if (feed instanceof SocketFeed socket) {
      socket.fed(records);
    }
  }

  private void heard(Directory directory) {
    Held each = held.get(directory.shard());
    if (each != null) {
      each.replica().hear(directory, clock.getAsLong());
    }
  }

  private void list() {
    held.values().forEach(each -> each.replica().list());
  }

  private void show(Show show) {
    List<ShardReplica> replicas = held.values().stream().map(Held::replica).toList();
    String json = MarketView.json(feedName, rules.shards(), replicas, show, clock.getAsLong());
    bus.send(
        Operations.shown(show.replyTo()), new Shown(cluster.node(), "market-" + instance, json));
  }

  /** Leaves the shards to the other instances, or to the other nodes when there is none. */
  @Override
  public void close() {
    consumers.forEach(MessageConsumer::unregister);
    boolean last = instances.leave(instance);
    List.copyOf(held.keySet()).forEach(this::release);
    if (last) {
      bus.publish(Markets.PRESENT, new Present(present.node(), present.member(), true));
    }
    feed.close();
  }
}
