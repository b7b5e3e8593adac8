package dev.tidegate.rules;

import dev.tidegate.json.JsonWriter;
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

  String all(Rule.Kind kind) {
    JsonWriter out = new JsonWriter().object().field("version", rules.current().version());
    out.array(kind.text());
    if (kind == Rule.Kind.TIERS) {
      new TreeSet<>(tiers.keySet()).forEach(name -> tier(name, out.object()).end());
    } else {
      rules.current().of(kind).stream()
          .sorted(Comparator.comparingLong(Rule::at).thenComparing(Rule::id))
          .forEach(
              rule -> {
                RuleJson.show(rule, out.object());
                out.end();
              });
    }
    return out.end().end().toString();
  }

  /** One of them; null when there is none. */
  @Nullable String one(Rule.Kind kind, String id) {
    if (kind == Rule.Kind.TIERS) {
      return versioned(tier(id, new JsonWriter().object()));
    }
    Rule rule = find(kind, id);
    return rule == null ? null : of(rule);
  }

  /** A rule, whether or not it is still in force. */
  String of(Rule rule) {
    JsonWriter out = new JsonWriter().object();
    RuleJson.show(rule, out);
    return versioned(out);
  }

  private String versioned(JsonWriter out) {
    return out.field("version", rules.current().version()).end().toString();
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
  private JsonWriter tier(String name, JsonWriter out) {
    ConfiguredTier tier = Objects.requireNonNull(tiers.get(name));
    TierLimits changed = rules.current().limits(name, tier.listed());
    out.field("name", name);
    RuleJson.show("limits", changed.over(tier.limits()), out);
    RuleJson.show("configured", tier.limits(), out);
    Rule rule = find(Rule.Kind.TIERS, name);
    if (rule != null) {
      RuleJson.show(rule, out);
    }
    return out;
  }
}
