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
  private record Length(int bits, Map<Network, Ban> bans) {}

  private final Length[] four;
  private final Length[] six;

  BanIndex(List<Ban> bans) {
    four = lengths(bans, false);
    six = lengths(bans, true);
  }

  private static Length[] lengths(List<Ban> bans, boolean v6) {
    Map<Integer, Map<Network, Ban>> lengths = new TreeMap<>(Comparator.reverseOrder());
    for (Ban ban : bans) {
      if (ban.address() != null) {
        Network network = Network.parse(ban.address());
        if (network.v6() == v6) {
          lengths.computeIfAbsent(network.bits(), bits -> new HashMap<>()).put(network, ban);
        }
      }
    }
    return lengths.entrySet().stream()
        .map(length -> new Length(length.getKey(), Map.copyOf(length.getValue())))
        .toArray(Length[]::new);
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
    for (Length length : one.v6() ? six : four) {
      Ban ban = length.bans().get(one.within(length.bits()));
      if (ban != null) {
        return ban;
      }
    }
    return null;
  }
}
