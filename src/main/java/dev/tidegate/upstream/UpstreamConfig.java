package dev.tidegate.upstream;

import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import dev.tidegate.upstream.balance.Balance;
import dev.tidegate.upstream.balance.Pool;
import java.time.Duration;
import java.util.List;

/**
 * A named service behind the gateway.
 *
 * @param h2 speaks HTTP/2 in clear text to it
 * @param timeout until an answer begins, for routes that set none
 * @param idle how long a connection may be silent, in use or not
 * @param maxConnections to one endpoint from one event loop
 * @param maxPending requests that wait for a connection to one endpoint
 */
public record UpstreamConfig(
    String name,
    @Default("[]") List<Endpoint> endpoints,
    @Default("false") boolean h2,
    @Default("roundRobin") Balance balance,
    @Default("3s") Duration connectTimeout,
    @Default("60s") Duration timeout,
    @Default("50s") Duration idle,
    @Default("64") int maxConnections,
    @Default("256") int maxPending) {
  public UpstreamConfig {
    Check.given("name", name, "a name");
    endpoints = List.copyOf(endpoints);
    Check.that(!endpoints.isEmpty(), "endpoints", endpoints, "one or more");
    Check.positive("connectTimeout", connectTimeout);
    Check.positive("timeout", timeout);
    Check.positive("idle", idle);
    Check.atLeast("maxConnections", maxConnections, 1);
    Check.atLeast("maxPending", maxPending, 0);
  }

  Pool.Bounds bounds() {
    return new Pool.Bounds(maxConnections, maxPending, idle, h2);
  }

  /** One address of the service. */
  public record Endpoint(String host, int port) {
    public Endpoint {
      Check.given("host", host, "a name or an address");
      Check.within("port", port, 1, 65_535);
    }

    @Override
    public String toString() {
      return host + ":" + port;
    }
  }
}
