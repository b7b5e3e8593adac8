package dev.tidegate.bus;

import dev.tidegate.problem.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The conversation between ADMIN and everybody else: scale a role, look at what runs. JSON here is
 * for people.
 */
public final class Operations {
  private Operations() {}

  /** Raises or lowers the instances of a role on the node that is asked. */
  public record Scale(String role, int instances) {}

  /** The roles of a node, as they run now. */
  public record Roles(String node, List<RoleCount> roles) {}

  /** How many instances of a role run, and how many are leaving. */
  public record RoleCount(String role, int instances, int draining) {}

  /** Asks the node for its roles without changing them. */
  public record RolesWanted() {}

  public static final Address<Scale> SCALE = new Address<>("operations.scale", Scale.class);
  public static final Address<RolesWanted> ROLES =
      new Address<>("operations.roles", RolesWanted.class);

  /**
   * Asks every instance that can show something for its part.
   *
   * @param kind {@code routes}, {@code upstreams}, {@code sessions}, {@code market}, {@code
   *     commands}
   * @param id one thing of that kind, or null for all
   * @param replyTo the address that gathers the parts
   */
  public record Show(String kind, @Nullable String id, int limit, String replyTo) {}

  /** One instance's part, as a JSON document. */
  public record Shown(String node, String instance, String json) {}

  public static Address<Show> show(String kind) {
    return new Address<>("operations.show." + kind, Show.class);
  }

  public static Address<Shown> shown(String replyTo) {
    return new Address<>(replyTo, Shown.class);
  }

  /**
   * Published on a node (not the cluster) when it begins to leave, before any socket is touched.
   */
  public record Draining(String node, long withinMillis) {}

  public static final Address<Draining> DRAINING =
      new Address<>("operations.draining", Draining.class);

  /**
   * What an operator wants of the rules that the cluster keeps: limits of tiers, revocations, bans.
   *
   * @param verb {@code GET}, {@code POST}, {@code PUT}, {@code PATCH} or {@code DELETE}
   * @param kind {@code tiers}, {@code revocations} or {@code bans}
   * @param id one of that kind, or null for all
   * @param body JSON, as the operator sent it
   * @param by who asks
   */
  public record RulesAsked(String verb, String kind, @Nullable String id, String body, String by) {}

  /**
   * What became of it.
   *
   * @param problem null when it was done
   * @param text JSON, or what is wrong
   */
  public record RulesAnswered(@Nullable Problem problem, String text) {}

  public static final Address<RulesAsked> RULES =
      new Address<>("operations.rules", RulesAsked.class);

  /** Published to the cluster when rules have changed; what they are now is read by each node. */
  public record Applied(String node, long version) {}

  public static final Address<Applied> APPLIED = new Address<>("config.applied", Applied.class);
}
