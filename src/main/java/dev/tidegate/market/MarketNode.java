package dev.tidegate.market;

import dev.tidegate.market.owner.ShardMeters;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;

/** What the MARKET instances of one node share; safe from any thread. */
public final class MarketNode {
  private final String name;
  private final MeterRegistry registry;
  private final InstantSource clock;
  private final ShardMeters meters;
  private final NodeShards shards = new NodeShards();

  /**
   * @param name the node's
   */
  public MarketNode(String name, MeterRegistry registry, InstantSource clock) {
    this.name = name;
    this.registry = registry;
    this.clock = clock;
    this.meters = new ShardMeters(registry, clock::millis);
  }

  String name() {
    return name;
  }

  MeterRegistry registry() {
    return registry;
  }

  InstantSource clock() {
    return clock;
  }

  ShardMeters meters() {
    return meters;
  }

  NodeShards shards() {
    return shards;
  }
}
