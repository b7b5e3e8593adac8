package dev.tidegate.upstream;

import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import dev.tidegate.upstream.balance.Balance;
import dev.tidegate.upstream.balance.HashConfig;
import dev.tidegate.upstream.balance.Pool;
import dev.tidegate.upstream.balance.SelectionConfig;
import dev.tidegate.upstream.guard.CircuitConfig;
import dev.tidegate.upstream.guard.RetryConfig;
import dev.tidegate.upstream.health.CheckConfig;
import dev.tidegate.upstream.health.OutlierConfig;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A named service behind the gateway.
 *
 * @param h2 speaks HTTP/2 to it: in clear text without asking, with TLS if it agrees (ALPN)
 * @param tls absent: clear text
 * @param host which host it is told that it is called by
 * @param hash what a consistent hash is taken of; absent: the client's address
 * @param selection which endpoints it is balanced among; absent: all that are in
 * @param timeout until an answer begins, for routes that set none
 * @param idle how long a connection may be silent, in use or not
 * @param maxConnections to one endpoint from one event loop
 * @param maxPending requests that wait for a connection to one endpoint
 * @param outlier when requests that fail put an endpoint out
 * @param retry what is sent again
 * @param circuit when it is not asked at all; absent: it always is
 * @param tellDeadline whether it is told of every request how long its answer may take
 * @param check how endpoints are asked whether they are well; absent: they are not
 */
public record UpstreamConfig(
    String name,
    @Default("[]") List<Endpoint> endpoints,
    @Default("false") boolean h2,
    @Nullable UpstreamTls tls,
    @Default("set") HostHeader host,
    @Default("roundRobin") Balance balance,
    @Nullable HashConfig hash,
    @Nullable SelectionConfig selection,
    @Default("3s") Duration connectTimeout,
    @Default("60s") Duration timeout,
    @Default("50s") Duration idle,
    @Default("64") int maxConnections,
    @Default("256") int maxPending,
    @Default("{}") OutlierConfig outlier,
    @Nullable CheckConfig check,
    @Default("{}") RetryConfig retry,
    @Nullable CircuitConfig circuit,
    @Default("false") boolean tellDeadline) {
  public UpstreamConfig {
    Check.given("name", name, "a name");
    endpoints = List.copyOf(endpoints);
    Check.that(!endpoints.isEmpty(), "endpoints", endpoints, "one or more");
    Check.that(
        hash == null || balance == Balance.CONSISTENT_HASH,
        "hash",
        hash,
        "only with balance: consistentHash");
    Check.positive("connectTimeout", connectTimeout);
    Check.positive("timeout", timeout);
    Check.positive("idle", idle);
    Check.atLeast("maxConnections", maxConnections, 1);
    Check.atLeast("maxPending", maxPending, 0);
  }

  Pool.Bounds bounds() {
    return new Pool.Bounds(maxConnections, maxPending, idle);
  }

  /** Whom we take the endpoint to be. */
  String serverName(Endpoint endpoint) {
    return tls == null || tls.serverName() == null ? endpoint.host() : tls.serverName();
  }

  /**
   * One address of the service.
   *
   * @param weight its part of the requests, beside that of the others
   * @param region where it is
   */
  public record Endpoint(String host, int port, @Default("1") int weight, @Nullable String region) {
    public Endpoint {
      Check.host("host", host);
      Check.within("port", port, 1, 65_535);
      Check.within("weight", weight, 1, 100);
    }

    @Override
    public String toString() {
      return host + ":" + port;
    }
  }
}
