package dev.tidegate.market;

import dev.tidegate.market.owner.ShardMeters;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.LongSupplier;

/** What the MARKET instances of one node share; safe from any thread. */
public final class MarketNode {
  private final String name;
  private final MeterRegistry registry;
  private final ShardMeters meters;
  private final NodeShards shards = new NodeShards();

  /**
   * @param name the node's
   * @param millis the clock
   */
  public MarketNode(String name, MeterRegistry registry, LongSupplier millis) {
    this.name = name;
    this.registry = registry;
    this.meters = new ShardMeters(registry, millis);
  }

  String name() {
    return name;
  }

  MeterRegistry registry() {
    return registry;
  }

  ShardMeters meters() {
    return meters;
  }

  NodeShards shards() {
    return shards;
  }
}
