package dev.tidegate.upstream.balance;

import dev.tidegate.net.Network;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where clients are, by their addresses, and how near regions are to one another. A look-up costs
 * one hash for each length of range that occurs. Immutable.
 */
public final class Regions {
  /** Of clients in no range, and of endpoints without a region. */
  public static final int UNKNOWN = -1;

  /**
   * One region.
   *
   * @param clients ranges of addresses; the longest that holds an address says where it is
   * @param next the regions that stand in for it, the nearest first
   */
  public record Region(String name, List<Network> clients, List<String> next) {}

  private final List<String> names;
  private final List<List<Integer>> orders = new ArrayList<>();
  private final Map<Network, Integer> ranges = new HashMap<>();
  private final int[] lengths;

  public Regions(List<Region> regions) {
    this.names = regions.stream().map(Region::name).toList();
    Set<Integer> bits = new TreeSet<>();
    for (int i = 0; i < regions.size(); i++) {
      Region region = regions.get(i);
      for (Network range : region.clients()) {
        ranges.put(range, i);
        bits.add(-range.bits());
      }
      orders.add(order(i, region.next()));
    }
    this.lengths = bits.stream().mapToInt(b -> -b).toArray();
  }

  /** Itself, those that it names, and the others as they stand in the table. */
  private List<Integer> order(int own, List<String> next) {
    Set<Integer> order = new LinkedHashSet<>();
    order.add(own);
    next.forEach(name -> order.add(names.indexOf(name)));
    for (int i = 0; i < names.size(); i++) {
      order.add(i);
    }
    order.add(UNKNOWN);
    return List.copyOf(order);
  }

  int size() {
    return names.size();
  }

  String name(int region) {
    return region == UNKNOWN ? "none" : names.get(region);
  }

  int named(@Nullable String name) {
    return name == null ? UNKNOWN : names.indexOf(name);
  }

  /** Where clients of the region are sent, the best first; endpoints without a region are last. */
  List<Integer> order(int region) {
    return orders.get(region);
  }

  /** Where the client is. */
  int of(String client) {
    Network address = ranges.isEmpty() ? null : Network.address(client);
    if (address == null) {
      return UNKNOWN;
    }
    for (int length : lengths) {
      if (length <= address.bits()) {
        Integer region = ranges.get(address.within(length));
        if (region != null) {
          return region;
        }
      }
    }
    return UNKNOWN;
  }
}
