package dev.tidegate.stream.session;

import dev.tidegate.config.Settings;
import dev.tidegate.rules.Rules;
import java.util.Map;

/** The limits in force: what is configured for each tier, and what operators have changed of it. */
public final class Tiers {
  private static final Tier NOBODY = Settings.of(Tier.class, "rank: 0");
  private static final Tier ANYBODY = Settings.of(Tier.class, "rank: 1");

  private final Map<String, Tier> listed;
  private final Rules rules;

  /**
   * @param listed those that are configured; {@code default} stands for those that are not
   */
  public Tiers(Map<String, Tier> listed, Rules rules) {
    this.listed = listed;
    this.rules = rules;
  }

  /** The limits of a tier; of {@code default} when it is not listed. */
  public Tier of(String name) {
    return configured(listed, name).with(rules.current().limits(name, listed.containsKey(name)));
  }

  /** The same without what operators have changed. */
  public static Tier configured(Map<String, Tier> listed, String name) {
    Tier own = listed.get(name);
    if (own != null) {
      return own;
    }
    Tier common = listed.get("default");
    return common != null ? common : name.equals(Tier.ANONYMOUS) ? NOBODY : ANYBODY;
  }
}
