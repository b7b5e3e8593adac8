package dev.tidegate.net;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The proxies in front of a listener whose word on the caller's address is taken. Immutable, safe
 * for all threads.
 */
public final class TrustedProxies {
  private static final CharSequence X_FORWARDED_FOR =
      HttpHeaders.createOptimized("x-forwarded-for");
  private static final CharSequence X_REAL_IP = HttpHeaders.createOptimized("x-real-ip");

  private final List<Network> networks;

  /** Networks as {@link Network#parse} reads them; none trusts nobody. */
  public TrustedProxies(List<String> networks) {
    this.networks = networks.stream().map(Network::parse).toList();
  }

  /** What a configuration says, when it can be read; what is wrong is told with the name. */
  public static List<String> checked(String name, List<String> networks) {
    try {
      networks.forEach(Network::parse);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
    return List.copyOf(networks);
  }

  /** Whether the address is one of them. */
  public boolean trusts(String address) {
    if (networks.isEmpty()) {
      return false;
    }
    Network one = Network.address(address);
    return one != null && trusts(one);
  }

  private boolean trusts(Network address) {
    for (Network network : networks) {
      if (network.contains(address)) {
        return true;
      }
    }
    return false;
  }

  /** The caller's address: the peer's own, unless the peer is trusted to tell another. */
  public String caller(MultiMap headers, String peer) {
    return trusts(peer) ? client(headers, peer) : peer;
  }

  /**
   * The caller's address as a peer that is trusted tells it: the last in the chain that is not a
   * proxy of ours. What stands before something that is no address cannot be believed.
   */
  public String client(MultiMap headers, String peer) {
    String chain = chain(headers);
    String client = peer;
    int end = chain == null ? 0 : chain.length();
    while (chain != null && end > 0) {
      int comma = chain.lastIndexOf(',', end - 1);
      String text = chain.substring(comma + 1, end).trim();
      Network address = Network.address(text);
      if (address == null) {
        return client;
      }
      client = text;
      if (!trusts(address)) {
        return client;
      }
      end = comma;
    }
    return client;
  }

  private static @Nullable String chain(MultiMap headers) {
    return headers.contains(X_FORWARDED_FOR)
        ? String.join(",", headers.getAll(X_FORWARDED_FOR))
        : headers.get(X_REAL_IP);
  }
}
