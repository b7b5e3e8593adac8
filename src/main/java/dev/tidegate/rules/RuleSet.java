package dev.tidegate.rules;

import dev.tidegate.policy.Identity;
import dev.tidegate.rules.Rule.Ban;
import dev.tidegate.rules.Rule.Credential;
import dev.tidegate.rules.Rule.Revocation;
import dev.tidegate.rules.Rule.TierChange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Every rule of one version, ready to be looked up. Immutable; costs nothing while it is empty. */
public final class RuleSet {
  public static final RuleSet EMPTY = new RuleSet(0, List.of());

  private static final String KEY = "key:";

  private final long version;
  private final List<TierChange> tiers;
  private final List<Revocation> revocations;
  private final List<Ban> bans;
  private final Map<String, TierLimits> limits = new HashMap<>();
  private final Map<Credential, Map<String, Revocation>> revoked = new EnumMap<>(Credential.class);
  private final Map<String, Ban> bannedConsumers = new HashMap<>();
  private final BanIndex bannedAddresses;
  private final long nextExpiry;

  /** The rules may come in any order. */
  public RuleSet(long version, Collection<? extends Rule> rules) {
    this.version = version;
    List<TierChange> someTiers = new ArrayList<>();
    List<Revocation> someRevocations = new ArrayList<>();
    List<Ban> someBans = new ArrayList<>();
    long next = Long.MAX_VALUE;
    for (Rule rule : rules) {
      switch (rule) {
        case TierChange tier -> someTiers.add(tier);
        case Revocation revocation -> someRevocations.add(revocation);
        case Ban ban -> someBans.add(ban);
      }
      next = rule.expiresAt() > 0 ? Math.min(next, rule.expiresAt()) : next;
    }
    tiers = List.copyOf(someTiers);
    revocations = List.copyOf(someRevocations);
    bans = List.copyOf(someBans);
    nextExpiry = next;
    tiers.forEach(tier -> limits.put(tier.id(), tier.limits()));
    for (Credential credential : Credential.values()) {
      revoked.put(credential, new HashMap<>());
    }
    revocations.forEach(r -> among(r.credential()).put(r.value(), r));
    for (Ban ban : bans) {
      if (ban.consumer() != null) {
        bannedConsumers.put(ban.consumer(), ban);
      }
    }
    bannedAddresses = new BanIndex(bans);
  }

  private Map<String, Revocation> among(Credential credential) {
    return Objects.requireNonNull(revoked.get(credential));
  }

  /** Rises with every change. */
  public long version() {
    return version;
  }

  /** Of one kind, in no order. */
  public List<? extends Rule> of(Rule.Kind kind) {
    return switch (kind) {
      case TIERS -> tiers;
      case REVOCATIONS -> revocations;
      case BANS -> bans;
    };
  }

  /** When the first of them ends by itself. */
  long nextExpiry() {
    return nextExpiry;
  }

  /**
   * What was changed of a tier.
   *
   * @param listed whether the configuration describes it; else it is as {@code default}
   */
  public TierLimits limits(String tier, boolean listed) {
    if (limits.isEmpty()) {
      return TierLimits.NONE;
    }
    TierLimits own = limits.getOrDefault(tier, TierLimits.NONE);
    return listed ? own : own.over(limits.getOrDefault("default", TierLimits.NONE));
  }

  /** The ban that an address falls under. */
  public @Nullable Ban bannedAddress(String address) {
    return bannedAddresses.isEmpty() ? null : bannedAddresses.find(address);
  }

  /** The ban of a consumer. */
  public @Nullable Ban bannedConsumer(@Nullable Identity identity) {
    return identity == null || bannedConsumers.isEmpty()
        ? null
        : bannedConsumers.get(identity.consumer());
  }

  /** What makes the credential behind an identity worthless. */
  public @Nullable Revocation revoked(@Nullable Identity identity) {
    if (identity == null || revocations.isEmpty()) {
      return null;
    }
    String credential = identity.credential();
    String name = credential.substring(credential.indexOf(':') + 1);
    if (credential.startsWith(KEY)) {
      Revocation one = among(Credential.KEY).get(name);
      return one != null ? one : among(Credential.CONSUMER).get(identity.consumer());
    }
    Revocation one = among(Credential.JTI).get(name);
    if (one != null) {
      return one;
    }
    Revocation all = among(Credential.SUBJECT).get(identity.consumer());
    return all != null && identity.issuedAt() < all.issuedBefore() ? all : null;
  }
}
