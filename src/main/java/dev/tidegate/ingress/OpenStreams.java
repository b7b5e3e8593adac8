package dev.tidegate.ingress;

import dev.tidegate.rules.RuleMeters;
import dev.tidegate.rules.RuleMeters.Cause;
import dev.tidegate.rules.RuleSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The gateway's own streams that are open on one event loop, so that a rule can end them. */
final class OpenStreams {
  private final Set<HttpExchange> open = new HashSet<>();

  void began(HttpExchange exchange) {
    open.add(exchange);
  }

  void ended(HttpExchange exchange) {
    open.remove(exchange);
  }

  /** Breaks off those whose caller may not be here any longer. */
  void hold(RuleSet rules, RuleMeters meters) {
    for (HttpExchange exchange : List.copyOf(open)) {
      Cause cause = against(exchange, rules);
      if (cause != null) {
        meters.closed(cause);
        exchange.cutOff(cause == Cause.REVOKED ? "revoked" : "banned");
      }
    }
  }

  private static @Nullable Cause against(HttpExchange exchange, RuleSet rules) {
    if (rules.bannedAddress(exchange.client()) != null) {
      return Cause.BANNED_ADDRESS;
    }
    if (rules.bannedConsumer(exchange.identity()) != null) {
      return Cause.BANNED_CONSUMER;
    }
    return rules.revoked(exchange.identity()) != null ? Cause.REVOKED : null;
  }
}
