package dev.tidegate.testing;

import java.util.EnumMap;
import java.util.Map;
import java.util.Random;

/**
 * What befalls a cluster and its feed, one thing after the other, chosen from a seed: nodes die and
 * are started again, or stand still; at the same time the broker is killed, the source begins anew,
 * the topic is deleted and made again.
 */
public final class StormWeather {
  private static final int LONGEST_FREEZE_MILLIS =
      Integer.getInteger("tidegate.longestFreeze", 20_000);

  private final Storm storm;
  private final GatewayCluster cluster;
  private final KafkaBroker broker;
  private final StormFeed feed;
  private final Map<Incident, Integer> counts = new EnumMap<>(Incident.class);

  /** What can happen. */
  enum Incident {
    NODE_KILLED,
    NODE_FROZEN,
    BROKER_KILLED,
    FEED_RESTARTED,
    TOPIC_REPLACED
  }

  public StormWeather(Storm storm, GatewayCluster cluster, KafkaBroker broker, StormFeed feed) {
    this.storm = storm;
    this.cluster = cluster;
    this.broker = broker;
    this.feed = feed;
  }

  /** Both run until the time is up, and end with everything standing. */
  public void rage(long millis) throws InterruptedException {
    Random toNodes = new Random(storm.random().nextLong());
    Random toFeed = new Random(storm.random().nextLong());
    long end = storm.millis() + millis;
    Thread nodes =
        Thread.ofPlatform()
            .name("storm-nodes")
            .start(() -> storm.attempt(() -> befall(end, toNodes, true)));
    Thread source =
        Thread.ofPlatform()
            .name("storm-source")
            .start(() -> storm.attempt(() -> befall(end, toFeed, false)));
    nodes.join();
    source.join();
  }

  public synchronized String summary() {
    return counts.toString();
  }

  private void befall(long end, Random random, boolean nodes) throws Exception {
    while (true) {
      Thread.sleep(3_000 + random.nextInt(7_000));
      if (storm.millis() > end) {
        return;
      }
      if (!nodes) {
        toSource(random);
      } else if (random.nextBoolean()) {
        killed(random);
      } else {
        frozen(random);
      }
    }
  }

  private void killed(Random random) throws Exception {
    int index = random.nextInt(cluster.nodes().size());
    GatewayProcess node = cluster.node(index);
    int gone = random.nextInt(8_000);
    tell(Incident.NODE_KILLED, node.name() + ", back after " + gone + " ms");
    storm.lose(node);
    node.kill();
    Thread.sleep(gone);
    storm.regain(cluster.again(index));
  }

  private void frozen(Random random) throws Exception {
    GatewayProcess node = cluster.node(random.nextInt(cluster.nodes().size()));
    int frost = 1_000 + random.nextInt(LONGEST_FREEZE_MILLIS);
    tell(Incident.NODE_FROZEN, node.name() + " for " + frost + " ms");
    storm.lose(node);
    node.freeze();
    Thread.sleep(frost);
    node.thaw();
    storm.regain(node);
  }

  private void toSource(Random random) throws Exception {
    int silence = random.nextInt(3_000);
    switch (random.nextInt(5)) {
      case 0 -> {
        tell(Incident.BROKER_KILLED, "back after " + silence + " ms");
        broker.kill();
        Thread.sleep(silence);
        broker.restart();
      }
      case 1, 2 -> {
        tell(Incident.FEED_RESTARTED, "after " + silence + " ms");
        feed.restart(silence);
      }
      default -> {
        int partitions = 2 + random.nextInt(4);
        tell(Incident.TOPIC_REPLACED, partitions + " partitions, after " + silence + " ms");
        feed.replaced(silence, () -> broker.replaceTopic(cluster.feedTopic, partitions));
      }
    }
  }

  private synchronized void tell(Incident incident, String detail) {
    counts.merge(incident, 1, Integer::sum);
    System.out.println("storm: " + storm.millis() + " ms: " + incident + ": " + detail);
  }
}
