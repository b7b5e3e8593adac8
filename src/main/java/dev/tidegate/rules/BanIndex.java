package dev.tidegate.rules;

import dev.tidegate.net.Network;
import dev.tidegate.rules.Rule.Ban;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the ban that an address falls under: one look-up for each length of range that occurs,
 * however many bans there are. Immutable.
 */
final class BanIndex {
  private record Level(int bits, Map<Network, Ban> bans) {}

  private final Level[] four;
  private final Level[] six;

  BanIndex(List<Ban> bans) {
    four = levels(bans, false);
    six = levels(bans, true);
  }

  private static Level[] levels(List<Ban> bans, boolean v6) {
    Map<Integer, Map<Network, Ban>> levels = new TreeMap<>(Comparator.reverseOrder());
    for (Ban ban : bans) {
      if (ban.address() != null) {
        Network network = Network.parse(ban.address());
        if (network.v6() == v6) {
          levels.computeIfAbsent(network.bits(), bits -> new HashMap<>()).put(network, ban);
        }
      }
    }
    return levels.entrySet().stream()
        .map(level -> new Level(level.getKey(), Map.copyOf(level.getValue())))
        .toArray(Level[]::new);
  }

  boolean isEmpty() {
    return four.length == 0 && six.length == 0;
  }

  /** The narrowest ban that the address falls under. */
  @Nullable Ban find(String address) {
    if (isEmpty()) {
      return null;
    }
    Network one = Network.address(address);
    if (one == null) {
      return null;
    }
    for (Level level : one.v6() ? six : four) {
      Ban ban = level.bans().get(one.within(level.bits()));
      if (ban != null) {
        return ban;
      }
    }
    return null;
  }
}
