package dev.tidegate.stream;

import dev.tidegate.policy.Identity;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.rules.Rule.Ban;
import dev.tidegate.rules.RuleMeters;
import dev.tidegate.rules.RuleMeters.Cause;
import dev.tidegate.rules.RuleSet;
import dev.tidegate.rules.Rules;
import dev.tidegate.stream.session.Session;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Holds the sessions of one instance, new and open, to what operators have ordered. */
public final class Enforcement {
  private final Hub hub;
  private final Rules rules;
  private final RuleMeters meters;

  public Enforcement(Hub hub, Rules rules, RuleMeters meters) {
    this.hub = hub;
    this.rules = rules;
    this.meters = meters;
  }

  /** The rules have changed: limits are new, and some sessions may have to end. */
  void changed() {
    hub.limitsChanged();
    RuleSet now = rules.current();
    for (Session session : List.copyOf(hub.sessions().values())) {
      if (session.open()) {
        hold(session, now);
      }
    }
  }

  private void hold(Session session, RuleSet now) {
    Identity identity = session.identity;
    Ban address = now.bannedAddress(session.address);
    Ban consumer = now.bannedConsumer(identity);
    if (address != null) {
      end(session, Cause.BANNED_ADDRESS, CloseCode.BANNED, address.describe());
    } else if (consumer != null) {
      end(session, Cause.BANNED_CONSUMER, CloseCode.BANNED, consumer.describe());
    } else {
      var revocation = now.revoked(identity);
      if (revocation != null) {
        end(session, Cause.REVOKED, CloseCode.UNAUTHENTICATED, revocation.describe());
      }
    }
  }

  private void end(Session session, Cause cause, CloseCode code, String why) {
    meters.closed(cause);
    session.close(code, why);
  }

  /** Why nobody from the address is let in; null when they are. */
  @Nullable
  public String refusal(String address) {
    return refusal(rules.current().bannedAddress(address), Cause.BANNED_ADDRESS);
  }

  /** Why the consumer is not let in; null when it is. */
  @Nullable
  public String refusal(@Nullable Identity identity) {
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
