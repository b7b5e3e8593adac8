package dev.tidegate.rules;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the cluster's rules for this node: reads them when told that they changed, looks by
 * itself twice a second in case the message was lost, lets expired ones end, and puts them back
 * should the cluster have lost them all. Belongs to one event loop.
 */
final class Keeper {
  private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

  /** So many ticks pass between readings that do not rely on the version. */
  private static final int WHOLE = 60;

  private final RuleStore store;
  private final Rules rules;
  private final LongSupplier millis;
  private final RuleMeters meters;
  private Map<String, String> entries = Map.of();
  private @Nullable Promise<Void> reading;
  private @Nullable Promise<Void> next;
  private boolean looking;
  private boolean failing;
  private int ticks;

  Keeper(RuleStore store, Rules rules, LongSupplier millis, RuleMeters meters) {
    this.store = store;
    this.rules = rules;
    this.millis = millis;
    this.meters = meters;
  }

  /** Reads what is there now; done when it is in force on this node. */
  Future<Void> refresh() {
    if (reading != null) {
      next = next == null ? Promise.promise() : next;
      return next.future();
    }
    Promise<Void> mine = Promise.promise();
    reading = mine;
    read().onComplete(result -> finished(mine, result.cause()));
    return mine.future();
  }

  /** Another node, or this one, has made the version. */
  void heard(long version) {
    if (version != rules.current().version()) {
      refresh().onFailure(this::failed);
    }
  }

  private void finished(Promise<Void> mine, @Nullable Throwable failure) {
    reading = null;
    Promise<Void> waiting = next;
    next = null;
    if (failure == null) {
      mine.complete();
    } else {
      mine.fail(failure);
    }
    if (waiting != null) {
      refresh().onComplete(waiting);
    }
  }

  private Future<Void> read() {
    // The version comes first: what is changed in between raises it once more.
    return store
        .version()
        .compose(
            version ->
                version == 0 && rules.current().version() > 0
                    ? restore()
                    : store.entries().onSuccess(all -> took(version, all)).mapEmpty());
  }

  private Future<Void> restore() {
    LOG.atWarn()
        .addKeyValue("version", rules.current().version())
        .log("the cluster has lost its rules; putting them back");
    return store.restore(rules.current().version(), entries);
  }

  private void took(long version, Map<String, String> all) {
    meters.compared(millis.getAsLong());
    if (version != rules.current().version() || !all.equals(entries)) {
      entries = Map.copyOf(all);
      apply(version);
    }
  }

  private void apply(long version) {
    long now = millis.getAsLong();
    List<Rule> live = new ArrayList<>(entries.size());
    Map<String, String> left = new HashMap<>();
    entries.forEach(
        (key, text) -> {
          Rule rule = RuleJson.read(key, text);
          if (rule == null || rule.expiresAt() == 0 || rule.expiresAt() > now) {
            left.put(key, text);
            if (rule != null) {
              live.add(rule);
            }
          } else {
            // Whoever comes first removes it; one that was renewed meanwhile stays.
            store.remove(key, text).onFailure(this::failed);
          }
        });
    entries = Map.copyOf(left);
    RuleSet set = new RuleSet(version, live);
    rules.set(set);
    meters.inForce(set);
    LOG.atDebug()
        .addKeyValue("version", version)
        .addKeyValue("tiers", set.of(Rule.Kind.TIERS).size())
        .addKeyValue("revocations", set.of(Rule.Kind.REVOCATIONS).size())
        .addKeyValue("bans", set.of(Rule.Kind.BANS).size())
        .log("rules in force");
  }

  /** Twice a second. */
  void tick() {
    RuleSet now = rules.current();
    if (now.nextExpiry() <= millis.getAsLong()) {
      apply(now.version());
    }
    if (looking) {
      return;
    }
    looking = true;
    boolean whole = ++ticks % WHOLE == 0;
    store
        .version()
        .compose(
            version -> {
              if (whole || version != rules.current().version()) {
                return refresh();
              }
              meters.compared(millis.getAsLong());
              return Future.<Void>succeededFuture();
            })
        .onFailure(this::failed)
        .onSuccess(done -> failing = false)
        .onComplete(done -> looking = false);
  }

  private void failed(Throwable cause) {
    if (!failing) {
      failing = true;
      LOG.atWarn()
          .addKeyValue("reason", cause)
          .log("the cluster's rules cannot be read; those known stay in force");
    }
  }
}
