package dev.tidegate.rules;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Operations;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Keeps a node's rules those of the cluster. Every node has one, whatever its roles, and it starts
 * before them: nobody is served before the rules are known.
 */
public final class RulesVerticle extends VerticleBase {
  private static final long TICK_MILLIS = 500;
  private static final long PATIENCE_SECONDS = 20;

  private final Rules rules;
  private final Map<String, ConfiguredTier> tiers;
  private final MeterRegistry registry;
  private final String node;

  /** {@code tiers} are those of the configuration. */
  public RulesVerticle(
      Rules rules, Map<String, ConfiguredTier> tiers, MeterRegistry registry, String node) {
    this.rules = rules;
    this.tiers = Map.copyOf(tiers);
    this.registry = registry;
    this.node = node;
  }

  @Override
  public Future<?> start() {
    return vertx
        .sharedData()
        .<String, String>getAsyncMap(SharedRuleStore.NAME)
        .compose(map -> follow(new SharedRuleStore(map)))
        .timeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .recover(e -> Future.failedFuture("the cluster's rules cannot be read: " + e.getMessage()));
  }

  private Future<Void> follow(RuleStore store) {
    Bus bus = new Bus(vertx.eventBus());
    RuleMeters meters = new RuleMeters(registry).withState(registry, System::currentTimeMillis);
    Keeper keeper = new Keeper(store, rules, System::currentTimeMillis, meters);
    Desk desk =
        new Desk(
            store,
            keeper,
            rules,
            tiers,
            System::currentTimeMillis,
            version -> bus.publish(Operations.APPLIED, new Operations.Applied(node, version)));
    bus.hear(Operations.APPLIED, applied -> keeper.heard(applied.version()));
    bus.answerHere(Operations.RULES, Operations.RulesAnswered.class, desk::answer);
    vertx.setPeriodic(TICK_MILLIS, t -> keeper.tick());
    return keeper.refresh();
  }
}
