package dev.tidegate.ingress;

import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.Policy;
import dev.tidegate.problem.Problem;
import dev.tidegate.rules.Rule.Ban;
import dev.tidegate.rules.RuleMeters;
import dev.tidegate.rules.Rules;

/** Turns banned addresses away before anything is made of their request. */
final class AddressBans implements Policy {
  private final Rules rules;
  private final RuleMeters meters;

  AddressBans(Rules rules, RuleMeters meters) {
    this.rules = rules;
    this.meters = meters;
  }

  @Override
  public void apply(Exchange exchange, Next next) {
    Ban ban = rules.current().bannedAddress(exchange.client());
    if (ban == null) {
      next.proceed();
      return;
    }
    meters.refused(RuleMeters.Cause.BANNED_ADDRESS);
    exchange.closeAfter();
    exchange.refuse(Problem.BANNED, ban.describe());
  }
}
