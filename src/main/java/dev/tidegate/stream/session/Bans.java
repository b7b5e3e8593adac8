package dev.tidegate.stream.session;

import dev.tidegate.policy.Identity;
import dev.tidegate.rules.Rule.Ban;
import dev.tidegate.rules.RuleMeters;
import dev.tidegate.rules.RuleMeters.Cause;
import dev.tidegate.rules.Rules;
import org.jspecify.annotations.Nullable;

/** Whom operators have ordered to be kept out; counts those whom it refuses. */
public final class Bans {
  private final Rules rules;
  private final RuleMeters meters;

  public Bans(Rules rules, RuleMeters meters) {
    this.rules = rules;
    this.meters = meters;
  }

  /** Why nobody from the address is let in; null when they are. */
  public @Nullable String refusal(String address) {
    return refusal(rules.current().bannedAddress(address), Cause.BANNED_ADDRESS);
  }

  /** Why the consumer is not let in; null when it is. */
  public @Nullable String refusal(@Nullable Identity identity) {
    return refusal(rules.current().bannedConsumer(identity), Cause.BANNED_CONSUMER);
  }

  private @Nullable String refusal(@Nullable Ban ban, Cause cause) {
    if (ban == null) {
      return null;
    }
    meters.refused(cause);
    return ban.describe();
  }
}
