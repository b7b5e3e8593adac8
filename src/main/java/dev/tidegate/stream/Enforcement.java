package dev.tidegate.stream;

import dev.tidegate.policy.Identity;
import dev.tidegate.problem.CloseCode;
import dev.tidegate.rules.Rule.Ban;
import dev.tidegate.rules.RuleMeters;
import dev.tidegate.rules.RuleMeters.Cause;
import dev.tidegate.rules.RuleSet;
import dev.tidegate.rules.Rules;
import dev.tidegate.stream.session.Session;
import dev.tidegate.stream.session.Sessions;
import dev.tidegate.stream.session.Tiers;

/** Holds the open sessions of one instance to what operators have ordered. */
final class Enforcement {
  private final Sessions sessions;
  private final Tiers tiers;
  private final Rules rules;
  private final RuleMeters meters;

  Enforcement(Sessions sessions, Tiers tiers, Rules rules, RuleMeters meters) {
    this.sessions = sessions;
    this.tiers = tiers;
    this.rules = rules;
    this.meters = meters;
  }

  /** The rules have changed: limits are new, and some sessions may have to end. */
  void changed() {
    for (Session session : sessions.all()) {
      session.limits(tiers.of(session.tierName()));
    }
    RuleSet now = rules.current();
    for (Session session : sessions.list()) {
      if (session.open()) {
        hold(session, now);
      }
    }
  }

  private void hold(Session session, RuleSet now) {
    Identity identity = session.identity();
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
}
