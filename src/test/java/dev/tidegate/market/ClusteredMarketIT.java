package dev.tidegate.market;

import static dev.tidegate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Codecs;
import dev.tidegate.bus.Markets;
import dev.tidegate.bus.Markets.Batch;
import dev.tidegate.bus.Markets.CatchUp;
import dev.tidegate.bus.Markets.CaughtUp;
import dev.tidegate.bus.Markets.Update;
import dev.tidegate.config.Settings;
import dev.tidegate.loop.EventLoops;
import dev.tidegate.market.record.Records;
import dev.tidegate.testing.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three nodes on loopback; one of them freezes or dies while records flow. */
class ClusteredMarketIT {
  private static final int SHARDS = 4;
  private static final int NODES = 3;

  /** A node whose whole event loop can be stopped. */
  private record Node(String name, Vertx vertx, HazelcastClusterManager manager) {
    CountDownLatch freeze() {
      CountDownLatch thaw = new CountDownLatch(1);
      vertx.runOnContext(
          v -> {
            try {
              thaw.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      return thaw;
    }
  }

  private final MemoryFeeds feeds = new MemoryFeeds(SHARDS);
  private final Records records = new Records(new Random(5));
  private final List<Node> nodes = new ArrayList<>();
  private final Map<Integer, Map<String, TreeMap<Long, Update>>> heard = new ConcurrentHashMap<>();
  private final Map<Integer, Batch> latest = new ConcurrentHashMap<>();
  private final Set<String> contradictions = ConcurrentHashMap.newKeySet();

  @BeforeEach
  void start() throws Exception {
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < NODES + 1; i++) {
      try (ServerSocket free = new ServerSocket(0)) {
        ports.add(free.getLocalPort());
      }
    }
    for (int i = 0; i < NODES + 1; i++) {
      nodes.add(Await.get(boot("n" + i, ports.get(i), ports)));
    }
    Node listener = nodes.get(NODES);
    Bus bus = new Bus(listener.vertx().eventBus());
    for (int shard = 0; shard < SHARDS; shard++) {
      heard.put(shard, new ConcurrentHashMap<>());
      bus.hear(Markets.updates(shard), this::hear);
    }
    for (Node node : nodes.subList(0, NODES)) {
      Await.get(
          node.vertx()
              .deployVerticle(
                  () -> verticle(node.name()), new DeploymentOptions().setInstances(1)));
    }
    await(
        () ->
            latest.size() == SHARDS
                && latest.values().stream().allMatch(b -> b.source() != Batch.REPLAYING));
  }

  private MarketVerticle verticle(String node) {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    MarketNode own = new MarketNode(node, meters, InstantSource.system());
    return new MarketVerticle(
        Settings.of(MarketConfig.class, "{}"), feeds, own, new EventLoops(meters), "market-0");
  }

  @AfterEach
  void stop() throws Exception {
    for (Node node : nodes) {
      Await.get(node.vertx().close());
    }
  }

  @Test
  void aFrozenOwnerIsReplacedUnderTheSameEpochAndComesBackAsAFollower() throws Exception {
    append(400);
    awaitAll();
    final Map<Integer, String> epochs = epochs();
    Node owner = ownerOf(0);
    CountDownLatch thaw = owner.freeze();
    append(200);
    await(Duration.ofSeconds(30), () -> SHARDS == ownedByOthers(owner.name()));
    awaitAll();
    thaw.countDown();
    append(200);
    awaitAll();
    await(() -> follows(owner));
    assertThat(epochs()).isEqualTo(epochs);
    assertThat(contradictions).isEmpty();
    assertNoGap();
  }

  @Test
  void aDeadOwnerIsReplacedUnderTheSameEpoch() throws Exception {
    append(400);
    awaitAll();
    final Map<Integer, String> epochs = epochs();
    Node owner = ownerOf(1);
    CountDownLatch never = owner.freeze();
    owner.manager().getHazelcastInstance().getLifecycleService().terminate();
    append(200);
    await(Duration.ofSeconds(8), () -> SHARDS == ownedByOthers(owner.name()));
    awaitAll();
    assertThat(epochs()).isEqualTo(epochs);
    assertThat(contradictions).isEmpty();
    assertNoGap();
    never.countDown();
  }

  private Future<Node> boot(String name, int port, List<Integer> ports) {
    Config config = new Config();
    config.setClusterName("market-" + ports.getFirst());
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    config.setProperty("hazelcast.wait.seconds.before.join", "0");
    config.getNetworkConfig().setPort(port).setPortAutoIncrement(false);
    config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    JoinConfig join = config.getNetworkConfig().getJoin();
    join.getMulticastConfig().setEnabled(false);
    join.getAutoDetectionConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true);
    ports.forEach(p -> join.getTcpIpConfig().addMember("127.0.0.1:" + p));
    HazelcastClusterManager manager = new HazelcastClusterManager(config);
    VertxOptions options = new VertxOptions().setEventLoopPoolSize(1);
    options.getEventBusOptions().setHost("127.0.0.1").setPort(0);
    options.setBlockedThreadCheckInterval(60_000);
    return Vertx.builder()
        .with(options)
        .withClusterManager(manager)
        .buildClustered()
        .map(
            vertx -> {
              Codecs.register(vertx.eventBus());
              return new Node(name, vertx, manager);
            });
  }

  private void hear(Batch batch) {
    latest.merge(batch.shard(), batch, (a, b) -> a.term() > b.term() ? a : b);
    Map<Long, Update> known =
        heard.get(batch.shard()).computeIfAbsent(batch.epoch(), e -> new TreeMap<>());
    long seq = batch.first();
    for (Update update : batch.updates()) {
      Update before = known.putIfAbsent(seq, update);
      if (before != null && !before.toString().equals(update.toString())) {
        contradictions.add(before + " / " + update);
      }
      seq++;
    }
  }

  private void append(int count) {
    for (int i = 0; i < count; i++) {
      feeds.append(records.next());
    }
  }

  /** Until every shard's owner has read what there is. */
  private void awaitAll() throws Exception {
    for (int shard = 0; shard < SHARDS; shard++) {
      int at = shard;
      await(Duration.ofSeconds(15), () -> latest.get(at).source() == feeds.records(at).size() - 1L);
    }
  }

  private Map<Integer, String> epochs() {
    Map<Integer, String> epochs = new HashMap<>();
    latest.forEach((shard, batch) -> epochs.put(shard, batch.epoch()));
    return epochs;
  }

  private Node ownerOf(int shard) {
    String name = latest.get(shard).node();
    return nodes.stream().filter(n -> n.name().equals(name)).findFirst().orElseThrow();
  }

  private long ownedByOthers(String name) {
    return latest.values().stream().filter(b -> !b.node().equals(name)).count();
  }

  /** The node answers for every shard from what it has itself, up to the owner's last update. */
  private boolean follows(Node node) {
    Bus bus = new Bus(node.vertx().eventBus());
    Set<Integer> answered = new HashSet<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      Batch last = latest.get(shard);
      CatchUp question = new CatchUp(shard, null, last.epoch(), last.next());
      try {
        CaughtUp answer =
            Await.get(
                bus.askHere(
                    Markets.catchUp(shard), question, CaughtUp.class, Duration.ofSeconds(1)));
        if (answer.missed() != null) {
          answered.add(shard);
        }
      } catch (Exception e) {
        return false;
      }
    }
    return answered.size() == SHARDS;
  }

  private void assertNoGap() {
    heard.forEach(
        (shard, epochs) ->
            epochs.forEach(
                (epoch, updates) ->
                    assertThat(updates.isEmpty() ? -1 : (long) updates.lastKey())
                        .as(shard + ":" + epoch)
                        .isEqualTo(updates.size() - 1L)));
  }
}
