package dev.tidegate.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.config.XmlConfigBuilder;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.cluster.impl.ClusterServiceImpl;
import dev.tidegate.testing.Await;
import dev.tidegate.testing.Ports;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.spi.cluster.hazelcast.impl.HazelcastRegistrationInfo;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Three nodes with the cluster file that we ship. Whatever befalls what they share about the event
 * bus, each hears each other again, at addresses of before and after, and nobody is sent what only
 * the dead would hear.
 */
class ReconcilingClusterManagerIT {
  private static final int NODES = 3;
  private static final Duration HEALED = Duration.ofSeconds(15);
  private static final String SUBSCRIPTIONS = "__vertx.subs";

  private final List<Vertx> nodes = new ArrayList<>();
  private final List<ReconcilingClusterManager> managers = new ArrayList<>();
  private final Set<String> heard = ConcurrentHashMap.newKeySet();
  private int port;

  @BeforeEach
  void start() throws Exception {
    port = Ports.free(NODES);
    for (int node = 0; node < NODES; node++) {
      nodes.add(boot(port + node));
    }
    Await.await("one cluster", () -> managers.stream().allMatch(m -> m.getNodes().size() == NODES));
    listen("before");
    awaitHeard("before");
  }

  @AfterEach
  void stop() {
    nodes.forEach(node -> Await.get(node.close()));
  }

  /** What befalls the map, as the first node sees it. */
  enum Trouble {
    /** Others clean up after a node when it is there again. */
    LATE_CLEANING {
      @Override
      void befall(HazelcastInstance at, ReconcilingClusterManager other) {
        at.<String, HazelcastRegistrationInfo>getMultiMap(SUBSCRIPTIONS)
            .entrySet()
            .forEach(
                entry -> {
                  if (entry.getValue().unwrap().nodeId().equals(other.getNodeId())) {
                    at.getMultiMap(SUBSCRIPTIONS).remove(entry.getKey(), entry.getValue());
                  }
                });
        at.getMap("__vertx.nodeInfo").delete(other.getNodeId());
      }
    },
    /** A merge keeps nothing. */
    LOST_MAP {
      @Override
      void befall(HazelcastInstance at, ReconcilingClusterManager other) {
        at.getMultiMap(SUBSCRIPTIONS).clear();
        at.getMap("__vertx.nodeInfo").clear();
      }
    },
    /** A merge brings back who has died meanwhile, and what was given up. */
    GHOSTS {
      @Override
      void befall(HazelcastInstance at, ReconcilingClusterManager other) {
        for (String address : List.of("everybody.before", "one.before", "everybody.after")) {
          for (String node : List.of(UUID.randomUUID().toString(), other.getNodeId())) {
            at.getMultiMap(SUBSCRIPTIONS)
                .put(
                    address, new HazelcastRegistrationInfo(new RegistrationInfo(node, 999, false)));
          }
        }
      }
    },
    /** Each takes the other for dead, and they find each other again. */
    SPLIT {
      @Override
      void befall(HazelcastInstance at, ReconcilingClusterManager other) {
        HazelcastInstance there = other.getHazelcastInstance();
        Member here = at.getCluster().getLocalMember();
        Member gone = there.getCluster().getLocalMember();
        suspect(at, gone);
        suspect(there, here);
        Await.await("a split", () -> at.getCluster().getMembers().size() < NODES);
      }
    };

    abstract void befall(HazelcastInstance at, ReconcilingClusterManager other);
  }

  private static void suspect(HazelcastInstance who, Member whom) {
    ClusterServiceImpl cluster =
        ((HazelcastInstanceProxy) who).getOriginal().node.getClusterService();
    Member seen = cluster.getMember(whom.getUuid());
    if (seen != null) {
      cluster.suspectMember(seen, "the test says so", true);
    }
  }

  @ParameterizedTest
  @EnumSource
  void eachHearsEachOther(Trouble trouble) throws Exception {
    trouble.befall(managers.get(0).getHazelcastInstance(), managers.get(NODES - 1));
    listen("after");
    Await.await("nobody but the living is registered", HEALED, this::mapIsExact);
    for (String time : List.of("before", "after")) {
      awaitHeard(time);
    }
    assertThat(mapIsExact()).isTrue();
  }

  private boolean mapIsExact() {
    for (ReconcilingClusterManager manager : managers) {
      int listeners = 0;
      for (Object one :
          manager.getHazelcastInstance().getMultiMap(SUBSCRIPTIONS).get("everybody.before")) {
        listeners++;
        String node = ((HazelcastRegistrationInfo) one).unwrap().nodeId();
        if (!manager.getNodes().contains(node)) {
          return false;
        }
      }
      if (manager.getNodes().size() != NODES || listeners != NODES) {
        return false;
      }
    }
    return true;
  }

  /** At an address of everybody and at one of its own. */
  private void listen(String time) {
    for (int node = 0; node < NODES; node++) {
      EventBus bus = nodes.get(node).eventBus();
      String name = "node-" + node;
      bus.<String>consumer("everybody." + time, m -> heard.add(name + " heard " + m.body()));
      bus.<String>consumer("one." + time, m -> m.reply(name));
    }
  }

  /** Three times in a row: what is mended does not break again. */
  private void awaitHeard(String time) {
    Await.await("each hears each other " + time, HEALED, () -> heardThrice(time));
  }

  private boolean heardThrice(String time) throws InterruptedException {
    for (int again = 0; again < 3; again++) {
      if (!eachIsHeard(time)) {
        return false;
      }
    }
    return true;
  }

  private boolean eachIsHeard(String time) throws InterruptedException {
    heard.clear();
    Set<String> expected = new HashSet<>();
    for (int from = 0; from < NODES; from++) {
      nodes.get(from).eventBus().publish("everybody." + time, "node-" + from);
      for (int to = 0; to < NODES; to++) {
        expected.add("node-" + to + " heard node-" + from);
      }
    }
    for (Vertx node : nodes) {
      if (!everybodyAnswers(node, "one." + time)) {
        return false;
      }
    }
    for (int i = 0; i < 50 && !heard.containsAll(expected); i++) {
      Thread.sleep(10);
    }
    return heard.containsAll(expected);
  }

  /** As many questions as there are nodes reach all of them in turn, and none the dead. */
  private static boolean everybodyAnswers(Vertx node, String address) {
    List<Future<String>> answers = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      answers.add(
          node.eventBus()
              .<String>request(address, "", new DeliveryOptions().setSendTimeout(500))
              .map(answer -> answer.body())
              .otherwise(""));
    }
    Set<String> names = new HashSet<>(Await.get(Future.all(answers).map(all -> all.list())));
    return names.size() == NODES && !names.contains("");
  }

  private Vertx boot(int ownPort) throws Exception {
    Properties names = new Properties();
    names.setProperty("TIDEGATE_CLUSTER_HOST", "127.0.0.1");
    names.setProperty("TIDEGATE_CLUSTER_PORT", Integer.toString(ownPort));
    names.setProperty(
        "TIDEGATE_MEMBERS",
        "127.0.0.1:%d,127.0.0.1:%d,127.0.0.1:%d".formatted(port, port + 1, port + 2));
    try (InputStream in = Files.newInputStream(Path.of("cluster.xml"))) {
      Config config = new XmlConfigBuilder(in).setProperties(names).build();
      config.setClusterName("bus-" + port);
      ReconcilingClusterManager manager =
          new ReconcilingClusterManager(config, new SimpleMeterRegistry());
      managers.add(manager);
      VertxOptions options = new VertxOptions().setEventLoopPoolSize(1);
      options.getEventBusOptions().setHost("127.0.0.1").setPort(0);
      return Await.get(Vertx.builder().with(options).withClusterManager(manager).buildClustered());
    }
  }
}
