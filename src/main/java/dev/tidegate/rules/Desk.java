package dev.tidegate.rules;

import dev.tidegate.bus.Operations.RulesAnswered;
import dev.tidegate.bus.Operations.RulesAsked;
import dev.tidegate.problem.Problem;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes an operator's orders: shows the rules or changes one. Belongs to one event loop. */
final class Desk {
  private static final Logger LOG = LoggerFactory.getLogger(Desk.class);
  private static final Set<String> ON_TIERS = Set.of("GET", "PUT", "PATCH", "DELETE");
  private static final Set<String> ON_OTHERS = Set.of("GET", "POST", "DELETE");

  private final RuleStore store;
  private final Ledger ledger;
  private final Keeper keeper;
  private final Rules rules;
  private final RuleViews views;
  private final Map<String, ConfiguredTier> tiers;
  private final LongSupplier millis;
  private final LongConsumer tell;

  /**
   * A desk.
   *
   * @param tiers the tiers that there are
   * @param tell tells the cluster of a new version
   */
  Desk(
      RuleStore store,
      Keeper keeper,
      Rules rules,
      Map<String, ConfiguredTier> tiers,
      LongSupplier millis,
      LongConsumer tell) {
    this.store = store;
    this.ledger = new Ledger(store);
    this.keeper = keeper;
    this.rules = rules;
    this.views = new RuleViews(rules, tiers);
    this.tiers = tiers;
    this.millis = millis;
    this.tell = tell;
  }

  Future<RulesAnswered> answer(RulesAsked asked) {
    Future<String> done;
    try {
      done = carryOut(asked);
    } catch (IllegalArgumentException | Declined e) {
      done = Future.failedFuture(e);
    }
    return done.map(json -> new RulesAnswered(null, json)).otherwise(Desk::refusal);
  }

  private static RulesAnswered refusal(Throwable cause) {
    if (cause instanceof Declined refused) {
      return new RulesAnswered(refused.problem, refused.detail());
    }
    if (cause instanceof IllegalArgumentException) {
      return new RulesAnswered(Problem.BAD_REQUEST, String.valueOf(cause.getMessage()));
    }
    LOG.atError().setCause(cause).log("rules could not be changed");
    return new RulesAnswered(
        Problem.UNAVAILABLE, "the cluster's rules cannot be reached; look before a retry");
  }

  private Future<String> carryOut(RulesAsked asked) {
    Rule.Kind kind = Rule.Kind.of(asked.kind());
    if (kind == null) {
      throw new Declined(Problem.NOT_FOUND, "kind: " + asked.kind());
    }
    boolean onTiers = kind == Rule.Kind.TIERS;
    if (!(onTiers ? ON_TIERS : ON_OTHERS).contains(asked.verb())) {
      throw new Declined(Problem.METHOD_NOT_ALLOWED, asked.verb() + " " + asked.kind());
    }
    String id = asked.id();
    if (onTiers && id != null && !tiers.containsKey(id)) {
      throw new Declined(
          Problem.NOT_FOUND,
          "tier: " + id + " (expected one of " + new TreeSet<>(tiers.keySet()) + ")");
    }
    if (asked.verb().equals("GET")) {
      return Future.succeededFuture(id == null ? views.all(kind) : one(kind, id));
    }
    return order(asked, kind, millis.getAsLong());
  }

  private String one(Rule.Kind kind, String id) {
    String one = views.one(kind, id);
    if (one == null) {
      throw new Declined(Problem.NOT_FOUND, kind.text() + ": no " + id);
    }
    return one;
  }

  private Future<String> order(RulesAsked asked, Rule.Kind kind, long now) {
    return switch (asked.verb()) {
      case "POST" -> {
        Rule rule =
            kind == Rule.Kind.BANS
                ? Orders.ban(asked.body(), asked.by(), now)
                : Orders.revocation(asked.body(), asked.by(), now);
        yield change(kind, rule.id(), asked, before -> rule);
      }
      case "PUT" -> {
        TierLimits limits = Orders.limits(asked.body(), TierLimits.NONE);
        Rule rule = new Rule.TierChange(id(asked), limits, asked.by(), now);
        yield change(kind, id(asked), asked, before -> rule);
      }
      case "PATCH" -> change(kind, id(asked), asked, before -> patched(before, asked, now));
      default -> change(kind, id(asked), asked, before -> lifted(kind, before, id(asked)));
    };
  }

  private static String id(RulesAsked asked) {
    String id = asked.id();
    if (id == null) {
      throw new Declined(Problem.NOT_FOUND, asked.kind() + ": expected one of them");
    }
    return id;
  }

  private static Rule patched(@Nullable Rule before, RulesAsked asked, long now) {
    TierLimits limits = before instanceof Rule.TierChange tier ? tier.limits() : TierLimits.NONE;
    return new Rule.TierChange(id(asked), Orders.limits(asked.body(), limits), asked.by(), now);
  }

  /** A tier that nobody has changed is as it should be; what else is not there cannot be lifted. */
  private static @Nullable Rule lifted(Rule.Kind kind, @Nullable Rule before, String id) {
    if (before == null && kind != Rule.Kind.TIERS) {
      throw new Declined(Problem.NOT_FOUND, kind.text() + ": no " + id);
    }
    return null;
  }

  private Future<String> change(Rule.Kind kind, String id, RulesAsked asked, Ledger.Order order) {
    return keeper
        .refresh()
        .compose(
            known -> {
              boolean room = rules.current().of(kind).size() < kind.most();
              return ledger.change(kind, id, room, order);
            })
        .compose(change -> store.advance().map(version -> made(asked, id, version, change)))
        .compose(change -> keeper.refresh().map(known -> shown(kind, id, change)));
  }

  /** The change is made, whether or not the operator will hear of it. */
  private Ledger.Change made(RulesAsked asked, String id, long version, Ledger.Change change) {
    tell.accept(version);
    Rule rule = change.after() != null ? change.after() : change.before();
    LOG.atInfo()
        .addKeyValue("event", "audit")
        .addKeyValue("by", asked.by())
        .addKeyValue("did", asked.verb() + " " + asked.kind())
        .addKeyValue("id", id)
        .addKeyValue("what", rule == null ? id : RuleJson.target(rule))
        .addKeyValue("order", asked.body())
        .addKeyValue("version", version)
        .log("rules changed");
    return change;
  }

  private String shown(Rule.Kind kind, String id, Ledger.Change change) {
    Rule rule = change.after() != null ? change.after() : change.before();
    return kind == Rule.Kind.TIERS
        ? Objects.requireNonNull(views.one(kind, id))
        : views.of(Objects.requireNonNull(rule));
  }
}
