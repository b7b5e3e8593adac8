package dev.tidegate.app;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What {@code verticles.json} says: the roles of this node and how many instances of each. */
record VerticlesFile(List<Entry> roles) {
  static final int MOST_INSTANCES = 64;

  /** One line of the file. */
  record Entry(Role role, int instances) {
    Entry {
      if (role == null) {
        throw new IllegalArgumentException(
            "role: missing (expected one of " + List.of(Role.values()) + ")");
      }
      if (instances < 1 || instances > MOST_INSTANCES) {
        throw new IllegalArgumentException(
            "instances: " + instances + " (expected 1.." + MOST_INSTANCES + ")");
      }
    }
  }

  VerticlesFile {
    if (roles == null || roles.isEmpty()) {
      throw new IllegalArgumentException("roles: empty (expected at least one role)");
    }
    roles = List.copyOf(roles);
    Map<Role, Entry> seen = new EnumMap<>(Role.class);
    for (Entry entry : roles) {
      if (seen.put(entry.role(), entry) != null) {
        throw new IllegalArgumentException(
            "roles: " + entry.role() + " twice (expected each role once)");
      }
    }
  }

  /** Every role once: what {@code dev} runs. */
  static VerticlesFile everything(int instances) {
    return new VerticlesFile(
        List.of(Role.values()).stream()
            .map(role -> new Entry(role, role == Role.ADMIN || role == Role.MARKET ? 1 : instances))
            .toList());
  }

  boolean has(Role role) {
    return roles.stream().anyMatch(entry -> entry.role() == role);
  }
}
