package dev.tidegate.ingress;

import dev.tidegate.policy.Exchange;
import dev.tidegate.policy.Next;
import dev.tidegate.policy.Policy;
import dev.tidegate.problem.Problem;
import dev.tidegate.rules.Rule.Ban;
import dev.tidegate.rules.RuleMeters;
import dev.tidegate.rules.Rules;

/** Turns banned consumers away once it is known who they are. */
final class ConsumerBans implements Policy {
  private final Rules rules;
  private final RuleMeters meters;

  ConsumerBans(Rules rules, RuleMeters meters) {
    this.rules = rules;
    this.meters = meters;
  }

  @Override
  public void apply(Exchange exchange, Next next) {
    Ban ban = rules.current().bannedConsumer(exchange.identity());
    if (ban == null) {
      next.proceed();
      return;
    }
    meters.refused(RuleMeters.Cause.BANNED_CONSUMER);
    exchange.refuse(Problem.BANNED, ban.describe());
  }
}
