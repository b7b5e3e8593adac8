package dev.tidegate.ingress.exchange;

import dev.tidegate.policy.Exchange;
import dev.tidegate.rules.RuleMeters;
import dev.tidegate.rules.RuleMeters.Cause;
import dev.tidegate.rules.RuleSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The gateway's own streams that are open on one event loop, so that a rule can end them. */
public final class OpenStreams {
  private final Set<Exchange> open = new HashSet<>();
  private final RuleMeters meters;

  public OpenStreams(RuleMeters meters) {
    this.meters = meters;
  }

  void began(Exchange exchange) {
    open.add(exchange);
  }

  void ended(Exchange exchange) {
    open.remove(exchange);
  }

  /** Breaks off those whose caller may not be here any longer. */
  public void hold(RuleSet rules) {
    for (Exchange exchange : List.copyOf(open)) {
      Cause cause = against(exchange, rules);
      if (cause != null) {
        meters.closed(cause);
        exchange.cutOff(cause == Cause.REVOKED ? "revoked" : "banned");
      }
    }
  }

  private static @Nullable Cause against(Exchange exchange, RuleSet rules) {
    if (rules.bannedAddress(exchange.client()) != null) {
      return Cause.BANNED_ADDRESS;
    }
    if (rules.bannedConsumer(exchange.identity()) != null) {
      return Cause.BANNED_CONSUMER;
    }
    return rules.revoked(exchange.identity()) != null ? Cause.REVOKED : null;
  }
}
