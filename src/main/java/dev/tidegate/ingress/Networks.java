package dev.tidegate.ingress;

import dev.tidegate.rules.Network;
import java.util.List;

/** A set of address ranges. Immutable. */
final class Networks {
  private final List<Network> ranges;

  Networks(List<String> texts) {
    ranges = texts.stream().map(Networks::parse).toList();
  }

  static Network parse(String text) {
    try {
      return Network.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("trustedProxies: " + e.getMessage(), e);
    }
  }

  boolean contains(String address) {
    if (ranges.isEmpty()) {
      return false;
    }
    Network one = Network.address(address);
    if (one == null) {
      return false;
    }
    for (Network range : ranges) {
      if (range.contains(one)) {
        return true;
      }
    }
    return false;
  }
}
