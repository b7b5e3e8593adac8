package dev.tidegate.upstream;

import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import dev.tidegate.net.Network;
import dev.tidegate.net.TrustedProxies;
import dev.tidegate.upstream.balance.Regions;
import java.util.List;

/**
 * A part of the world, or of a data centre.
 *
 * @param clients ranges of the addresses of its clients
 * @param next the regions that stand in for it, the nearest first; the others follow in the order
 *     of the file
 */
public record RegionConfig(
    String name, @Default("[]") List<String> clients, @Default("[]") List<String> next) {
  public RegionConfig {
    Check.given("name", name, "a name");
    clients = TrustedProxies.checked("clients", clients);
    next = List.copyOf(next);
  }

  Regions.Region region() {
    return new Regions.Region(name, clients.stream().map(Network::parse).toList(), next);
  }
}
