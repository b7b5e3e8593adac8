package dev.tidegate.market;

import static dev.tidegate.market.MarketConfig.set;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.Directory;
import dev.tidegate.bus.Markets.Present;
import dev.tidegate.bus.Operations;
import dev.tidegate.bus.Operations.Show;
import dev.tidegate.bus.Operations.Shown;
import dev.tidegate.market.Replica.Parked;
import dev.tidegate.market.Replica.Rules;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongSupplier;

/** The replicas of one instance: takes its shards, steps them, passes on what it hears. */
final class Desk implements AutoCloseable {
  private record Held(Replica replica, MessageConsumer<?> updates) {}

  private final Bus bus;
  private final Cluster cluster;
  private final Feed feed;
  private final Instances instances;
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

  /** What the desk works with; everything belongs to the instance's event loop. */
  record Parts(
      Bus bus,
      Cluster cluster,
      Members members,
      Feed feed,
      Instances instances,
      MeterRegistry meters,
      LongSupplier clock) {}

  Desk(Parts parts, MarketConfig config, int shards, String member, boolean clustered) {
    bus = parts.bus();
    cluster = parts.cluster();
    feed = parts.feed();
    instances = parts.instances();
    clock = parts.clock();
    limits = set(config.keep()).limits();
    feedName = set(config.feed()).name().toLowerCase(java.util.Locale.ROOT);
    rules =
        new Rules(
            shards,
            set(config.heartbeat()).toMillis(),
            set(config.silence()).toMillis(),
            clustered ? set(config.settle()).toMillis() : 0,
            Desk::epoch);
    present = new Present(cluster.node(), member, false);
    instance = instances.join();
    instances.measure(shards, parts.meters(), clock);
    takeovers =
        Counter.builder("tidegate.market.takeovers")
            .description("shards that this node came to own")
            .register(parts.meters());
    consumers.add(bus.hear(Markets.PRESENT, parts.members()::hear));
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
      instances.touched(each.replica().shard());
    }
  }

  private void hold(int shard, long now) {
    Parked left = instances.left(shard);
    Parked from =
        left != null ? left : new Parked(new Shard(shard, limits, clock), null, false, false);
    Replica replica = new Replica(from, cluster, feed, rules, now, takeovers::increment);
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

  private void heard(Directory directory) {
    Held each = held.get(directory.shard());
    if (each != null) {
      each.replica().hear(directory, clock.getAsLong());
    }
  }

  private void list() {
    long now = clock.getAsLong();
    held.values().forEach(each -> each.replica().list(now));
  }

  private void show(Show show) {
    List<Replica> replicas = held.values().stream().map(Held::replica).toList();
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
