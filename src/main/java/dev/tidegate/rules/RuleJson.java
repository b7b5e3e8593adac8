package dev.tidegate.rules;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tidegate.net.Network;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a rule is written: for the nodes of the cluster, and for people. */
final class RuleJson {
  static final ObjectMapper JSON =
      new ObjectMapper()
          .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
          .setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);

  private static final Logger LOG = LoggerFactory.getLogger(RuleJson.class);

  private RuleJson() {}

  static String key(Rule.Kind kind, String id) {
    return kind.text() + ":" + id;
  }

  /** For the store. */
  static String write(Rule rule) {
    try {
      return JSON.writeValueAsString(rule);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e); // records of texts and numbers can always be written
    }
  }

  /** From the store; null for what a newer release may have written. */
  static @Nullable Rule read(String key, String text) {
    Rule.Kind kind = Rule.Kind.of(key.substring(0, Math.max(0, key.indexOf(':'))));
    if (kind == null) {
      return null;
    }
    Class<? extends Rule> type =
        switch (kind) {
          case TIERS -> Rule.Tier.class;
          case REVOCATIONS -> Rule.Revocation.class;
          case BANS -> Rule.Ban.class;
        };
    try {
      Rule rule = JSON.readValue(text, type);
      if (rule instanceof Rule.Ban ban && ban.address() != null) {
        Network.parse(ban.address());
      }
      return rule;
    } catch (JsonProcessingException | IllegalArgumentException e) {
      LOG.atError().addKeyValue("key", key).log("a rule cannot be read: " + e.getMessage());
      return null;
    }
  }

  /** For people; what does not apply is left out. */
  static ObjectNode show(Rule rule) {
    ObjectNode out = JSON.createObjectNode();
    switch (rule) {
      case Rule.Tier tier -> out.put("name", tier.id()).set("changed", show(tier.limits()));
      case Rule.Revocation revocation -> {
        out.put("id", revocation.id());
        out.put(revocation.credential().text(), revocation.value());
        time(out, "issuedBefore", revocation.issuedBefore());
        reason(out, revocation.reason());
      }
      case Rule.Ban ban -> {
        out.put("id", ban.id());
        out.put(ban.address() != null ? "address" : "consumer", target(ban));
        reason(out, ban.reason());
      }
    }
    time(out, "at", rule.at());
    time(out, "expiresAt", rule.expiresAt());
    return out.put("by", rule.by());
  }

  static ObjectNode show(TierLimits limits) {
    return JSON.valueToTree(limits);
  }

  /** What the rule is about, in a word. */
  static String target(Rule rule) {
    return switch (rule) {
      case Rule.Tier tier -> tier.id();
      case Rule.Revocation revocation -> revocation.credential().text() + " " + revocation.value();
      case Rule.Ban ban -> String.valueOf(ban.address() != null ? ban.address() : ban.consumer());
    };
  }

  private static void reason(ObjectNode out, String reason) {
    if (!reason.isEmpty()) {
      out.put("reason", reason);
    }
  }

  private static void time(ObjectNode out, String name, long millis) {
    if (millis > 0) {
      out.put(name, Instant.ofEpochMilli(millis).toString());
    }
  }
}
