package dev.tidegate.rules;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidegate.bus.Operations.RulesAnswered;
import dev.tidegate.bus.Operations.RulesAsked;
import dev.tidegate.problem.Problem;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes an operator's orders: shows the rules, or changes one so that of two who change at once
 * neither is lost. Belongs to one event loop.
 */
final class Desk {
  private static final Logger LOG = LoggerFactory.getLogger(Desk.class);
  private static final int TRIES = 50;
  private static final Set<String> ON_TIERS = Set.of("GET", "PUT", "PATCH", "DELETE");
  private static final Set<String> ON_OTHERS = Set.of("GET", "POST", "DELETE");

  private final RuleStore store;
  private final Keeper keeper;
  private final Rules rules;
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
    this.keeper = keeper;
    this.rules = rules;
    this.tiers = tiers;
    this.millis = millis;
    this.tell = tell;
  }

  /** An order that is not carried out, with the reason that the operator gets. */
  private static final class Refused extends RuntimeException {
    final Problem problem;

    Refused(Problem problem, String detail) {
      super(detail, null, false, false);
      this.problem = problem;
    }
  }

  Future<RulesAnswered> answer(RulesAsked asked) {
    Future<ObjectNode> done;
    try {
      done = carryOut(asked);
    } catch (IllegalArgumentException e) {
      done = Future.failedFuture(new Refused(Problem.BAD_REQUEST, String.valueOf(e.getMessage())));
    } catch (Refused e) {
      done = Future.failedFuture(e);
    }
    return done.map(json -> new RulesAnswered(null, json.toString())).otherwise(this::refusal);
  }

  private RulesAnswered refusal(Throwable cause) {
    if (cause instanceof Refused refused) {
      return new RulesAnswered(refused.problem.name(), String.valueOf(refused.getMessage()));
    }
    if (cause instanceof IllegalArgumentException) {
      return new RulesAnswered(Problem.BAD_REQUEST.name(), String.valueOf(cause.getMessage()));
    }
    LOG.atError().setCause(cause).log("rules could not be changed");
    return new RulesAnswered(
        Problem.UNAVAILABLE.name(), "the cluster's rules cannot be reached; look before a retry");
  }

  private Future<ObjectNode> carryOut(RulesAsked asked) {
    Rule.Kind kind = Rule.Kind.of(asked.kind());
    String id = asked.id();
    if (kind == null) {
      throw new Refused(Problem.NOT_FOUND, "kind: " + asked.kind());
    }
    boolean one = kind == Rule.Kind.TIERS;
    if (!(one ? ON_TIERS : ON_OTHERS).contains(asked.verb())) {
      throw new Refused(Problem.METHOD_NOT_ALLOWED, asked.verb() + " " + asked.kind());
    }
    if (one && id != null && !tiers.containsKey(id)) {
      throw new Refused(
          Problem.NOT_FOUND,
          "tier: " + id + " (expected one of " + new TreeSet<>(tiers.keySet()) + ")");
    }
    long now = millis.getAsLong();
    return switch (asked.verb()) {
      case "GET" -> Future.succeededFuture(id == null ? all(kind) : one(kind, id));
      case "POST" -> {
        Rule rule =
            kind == Rule.Kind.BANS
                ? Orders.ban(asked.body(), asked.by(), now)
                : Orders.revocation(asked.body(), asked.by(), now);
        yield change(kind, rule.id(), asked, before -> rule);
      }
      case "PUT" -> {
        TierLimits limits = Orders.limits(asked.body(), TierLimits.NONE);
        Rule rule = new Rule.Tier(needed(id), limits, asked.by(), now);
        yield change(kind, needed(id), asked, before -> rule);
      }
      case "PATCH" -> change(kind, needed(id), asked, before -> patched(before, asked, now));
      case "DELETE" -> change(kind, needed(id), asked, before -> null);
      default -> throw new Refused(Problem.METHOD_NOT_ALLOWED, asked.verb());
    };
  }

  private static String needed(@Nullable String id) {
    if (id == null) {
      throw new Refused(Problem.NOT_FOUND, "id: missing");
    }
    return id;
  }

  private static Rule patched(@Nullable Rule before, RulesAsked asked, long now) {
    TierLimits limits = before instanceof Rule.Tier tier ? tier.limits() : TierLimits.NONE;
    return new Rule.Tier(needed(asked.id()), Orders.limits(asked.body(), limits), asked.by(), now);
  }

  /** Makes one rule another one, or with null none. */
  private Future<ObjectNode> change(
      Rule.Kind kind, String id, RulesAsked asked, UnaryOperator<@Nullable Rule> how) {
    return keeper
        .refresh()
        .compose(known -> attempt(kind, id, how, 1))
        .compose(rule -> store.advance().compose(v -> published(v, rule)))
        .compose(rule -> keeper.refresh().map(known -> rule))
        .map(
            rule -> {
              audit(asked, rule);
              return shown(kind, id, rule);
            });
  }

  private Future<Rule> published(long version, Rule rule) {
    tell.accept(version);
    return Future.succeededFuture(rule);
  }

  /** Gives the rule that is now there, or that has been removed. */
  private Future<Rule> attempt(
      Rule.Kind kind, String id, UnaryOperator<@Nullable Rule> how, int tries) {
    String key = RuleJson.key(kind, id);
    return store
        .get(key)
        .compose(
            text -> {
              Rule before = text == null ? null : RuleJson.read(key, text);
              Rule after = how.apply(before);
              if (after == null && text == null) {
                return gone(kind, id);
              }
              if (text == null && rules.current().of(kind).size() >= kind.most()) {
                throw new Refused(
                    Problem.CONFLICT,
                    kind.text() + ": " + kind.most() + " are in force (expected room; lift some)");
              }
              Rule subject = after != null ? after : before != null ? before : none(id);
              Future<Boolean> done =
                  after != null
                      ? store.replace(key, text, RuleJson.write(after))
                      : store.remove(key, String.valueOf(text));
              return done.compose(mine -> mine ? Future.succeededFuture(subject) : again(tries))
                  .compose(
                      rule ->
                          rule != null
                              ? Future.succeededFuture(rule)
                              : attempt(kind, id, how, tries + 1));
            });
  }

  private static Rule none(String id) {
    return new Rule.Tier(id, TierLimits.NONE, "", 0);
  }

  private static Future<@Nullable Rule> again(int tries) {
    return tries < TRIES
        ? Future.succeededFuture(null)
        : Future.failedFuture(new Refused(Problem.CONFLICT, "others change the same; try again"));
  }

  private static Future<Rule> gone(Rule.Kind kind, String id) {
    return kind == Rule.Kind.TIERS
        ? Future.succeededFuture(none(id))
        : Future.failedFuture(new Refused(Problem.NOT_FOUND, kind.text() + ": no " + id));
  }

  private void audit(RulesAsked asked, Rule rule) {
    LOG.atInfo()
        .addKeyValue("event", "audit")
        .addKeyValue("by", asked.by())
        .addKeyValue("did", asked.verb() + " " + asked.kind())
        .addKeyValue("id", rule.id())
        .addKeyValue("what", RuleJson.target(rule))
        .addKeyValue("order", asked.body())
        .addKeyValue("version", rules.current().version())
        .log("rules changed");
  }

  private ObjectNode shown(Rule.Kind kind, String id, Rule rule) {
    ObjectNode out = kind == Rule.Kind.TIERS ? tier(id) : RuleJson.show(rule);
    return out.put("version", rules.current().version());
  }

  private ObjectNode one(Rule.Kind kind, String id) {
    if (kind == Rule.Kind.TIERS) {
      return tier(id).put("version", rules.current().version());
    }
    for (Rule rule : rules.current().of(kind)) {
      if (rule.id().equals(id)) {
        return RuleJson.show(rule).put("version", rules.current().version());
      }
    }
    throw new Refused(Problem.NOT_FOUND, kind.text() + ": no " + id);
  }

  private ObjectNode all(Rule.Kind kind) {
    ObjectNode out = RuleJson.JSON.createObjectNode();
    out.put("version", rules.current().version());
    ArrayNode list = out.putArray(kind.text());
    if (kind == Rule.Kind.TIERS) {
      Set<String> names = new TreeSet<>(tiers.keySet());
      names.forEach(name -> list.add(tier(name)));
    } else {
      rules.current().of(kind).stream()
          .sorted(Comparator.comparingLong(Rule::at).thenComparing(Rule::id))
          .forEach(rule -> list.add(RuleJson.show(rule)));
    }
    return out;
  }

  private ObjectNode tier(String name) {
    ObjectNode out = RuleJson.JSON.createObjectNode().put("name", name);
    ConfiguredTier tier = Objects.requireNonNull(tiers.get(name));
    TierLimits changed = rules.current().limits(name, tier.listed());
    out.set("limits", RuleJson.show(changed.over(tier.limits())));
    out.set("configured", RuleJson.show(tier.limits()));
    for (Rule rule : rules.current().of(Rule.Kind.TIERS)) {
      if (rule.id().equals(name)) {
        out.setAll(RuleJson.show(rule));
      }
    }
    return out;
  }
}
