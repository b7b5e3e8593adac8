package dev.tidegate.rules;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Shows what is in force on this node. */
final class RuleViews {
  private final Rules rules;
  private final Map<String, ConfiguredTier> tiers;

  RuleViews(Rules rules, Map<String, ConfiguredTier> tiers) {
    this.rules = rules;
    this.tiers = tiers;
  }

  ObjectNode all(Rule.Kind kind) {
    ObjectNode out = versioned(RuleJson.JSON.createObjectNode());
    ArrayNode list = out.putArray(kind.text());
    if (kind == Rule.Kind.TIERS) {
      new TreeSet<>(tiers.keySet()).forEach(name -> list.add(tier(name)));
    } else {
      rules.current().of(kind).stream()
          .sorted(Comparator.comparingLong(Rule::at).thenComparing(Rule::id))
          .forEach(rule -> list.add(RuleJson.show(rule)));
    }
    return out;
  }

  /** One of them; null when there is none. */
  @Nullable ObjectNode one(Rule.Kind kind, String id) {
    if (kind == Rule.Kind.TIERS) {
      return versioned(tier(id));
    }
    Rule rule = find(kind, id);
    return rule == null ? null : of(rule);
  }

  /** A rule, whether or not it is still in force. */
  ObjectNode of(Rule rule) {
    return versioned(RuleJson.show(rule));
  }

  private ObjectNode versioned(ObjectNode out) {
    return out.put("version", rules.current().version());
  }

  private @Nullable Rule find(Rule.Kind kind, String id) {
    for (Rule rule : rules.current().of(kind)) {
      if (rule.id().equals(id)) {
        return rule;
      }
    }
    return null;
  }

  /** A tier as it is now, as the configuration has it, and what was changed by whom. */
  private ObjectNode tier(String name) {
    ObjectNode out = RuleJson.JSON.createObjectNode().put("name", name);
    ConfiguredTier tier = Objects.requireNonNull(tiers.get(name));
    TierLimits changed = rules.current().limits(name, tier.listed());
    out.set("limits", RuleJson.show(changed.over(tier.limits())));
    out.set("configured", RuleJson.show(tier.limits()));
    Rule rule = find(Rule.Kind.TIERS, name);
    if (rule != null) {
      out.setAll(RuleJson.show(rule));
    }
    return out;
  }
}
