package dev.tidegate.net;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;

/**
 * The proxies in front of a listener whose word on the caller's address is taken. Immutable, safe
 * for all threads.
 */
public final class TrustedProxies {
  /** What a listener needs that believes PROXY headers. */
  public static final String BESIDE = "trustedProxies beside it: nobody else may say so";

  private static final CharSequence X_FORWARDED_FOR =
      HttpHeaders.createOptimized("x-forwarded-for");
  private static final CharSequence X_REAL_IP = HttpHeaders.createOptimized("x-real-ip");

  private static final CharSequence FORWARDED = HttpHeaders.createOptimized("forwarded");

  private final List<Network> networks;
  private final AddressHeader header;

  /** Networks as {@link Network#parse} reads them; none trusts nobody. */
  public TrustedProxies(List<String> networks, AddressHeader header) {
    this.networks = networks.stream().map(Network::parse).toList();
    this.header = header;
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
    List<String> chain = header == AddressHeader.FORWARDED ? forwarded(headers) : chain(headers);
    String client = peer;
    for (int i = chain.size() - 1; i >= 0; i--) {
      String text = chain.get(i).trim();
      Network address = Network.address(text);
      if (address == null) {
        return client;
      }
      client = text;
      if (!trusts(address)) {
        return client;
      }
    }
    return client;
  }

  private static List<String> forwarded(MultiMap headers) {
    return headers.contains(FORWARDED)
        ? ForwardedNodes.in(String.join(",", headers.getAll(FORWARDED)))
        : List.of();
  }

  private static List<String> chain(MultiMap headers) {
    if (headers.contains(X_FORWARDED_FOR)) {
      return List.of(String.join(",", headers.getAll(X_FORWARDED_FOR)).split(",", -1));
    }
    String real = headers.get(X_REAL_IP);
    return real == null ? List.of() : List.of(real.split(",", -1));
  }
}
