package dev.tidegate.rules;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidegate.json.JsonWriter;
import dev.tidegate.net.Network;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a rule is written: for the nodes of the cluster, and for people. */
final class RuleJson {
  private static final ObjectMapper JSON =
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
          case TIERS -> Rule.TierChange.class;
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

  /** For people: fields of an object that is open; what does not apply is left out. */
  static void show(Rule rule, JsonWriter out) {
    switch (rule) {
      case Rule.TierChange tier -> show("changed", tier.limits(), out);
      case Rule.Revocation revocation -> {
        out.field("id", revocation.id());
        out.field(revocation.credential().text(), revocation.value());
        out.optional("issuedBefore", time(revocation.issuedBefore()));
        out.optional("reason", text(revocation.reason()));
      }
      case Rule.Ban ban -> {
        out.field("id", ban.id());
        out.field(ban.address() != null ? "address" : "consumer", target(ban));
        out.optional("reason", text(ban.reason()));
      }
    }
    out.optional("at", time(rule.at()));
    out.optional("expiresAt", time(rule.expiresAt()));
    out.field("by", rule.by());
  }

  static void show(String name, TierLimits limits, JsonWriter out) {
    out.object(name)
        .optional("connectionsPerUser", limits.connectionsPerUser())
        .optional("connectionsPerAddress", limits.connectionsPerAddress())
        .optional("subscriptions", limits.subscriptions())
        .optional("messagesPerSecond", limits.messagesPerSecond())
        .optional("framesPerSecond", limits.framesPerSecond())
        .end();
  }

  /** What the rule is about, in a word. */
  static String target(Rule rule) {
    return switch (rule) {
      case Rule.TierChange tier -> tier.id();
      case Rule.Revocation revocation -> revocation.credential().text() + " " + revocation.value();
      case Rule.Ban ban -> String.valueOf(ban.address() != null ? ban.address() : ban.consumer());
    };
  }

  private static @Nullable String text(String text) {
    return text.isEmpty() ? null : text;
  }

  private static @Nullable String time(long millis) {
    return millis > 0 ? Instant.ofEpochMilli(millis).toString() : null;
  }
}
