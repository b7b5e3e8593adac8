package dev.tidegate.app.config;

import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What {@code verticles.json} says: the roles of this node and how many instances of each. */
public record VerticlesFile(@Default("[]") List<Line> roles) {
  public static final int MOST_INSTANCES = 64;

  /** One line of the file. */
  public record Line(Role role, int instances) {
    public Line {
      Check.that(role != null, "role", role, "one of " + List.of(Role.values()));
      Check.within("instances", instances, 1, MOST_INSTANCES);
    }
  }

  public VerticlesFile {
    Check.that(!roles.isEmpty(), "roles", "empty", "at least one role");
    roles = List.copyOf(roles);
    Set<Role> seen = EnumSet.noneOf(Role.class);
    for (Line line : roles) {
      Check.that(seen.add(line.role()), "roles", line.role(), "each role once");
    }
  }

  /** Every role once: what {@code dev} runs. */
  public static VerticlesFile everything(int instances) {
    return new VerticlesFile(
        List.of(Role.values()).stream()
            .map(role -> new Line(role, role == Role.ADMIN || role == Role.MARKET ? 1 : instances))
            .toList());
  }

  public boolean has(Role role) {
    return roles.stream().anyMatch(line -> line.role() == role);
  }
}
