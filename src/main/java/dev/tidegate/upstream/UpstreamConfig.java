package dev.tidegate.upstream;

import dev.tidegate.upstream.balance.Balance;
import dev.tidegate.upstream.balance.Pool;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A named service behind the gateway.
 *
 * @param h2 speaks HTTP/2 in clear text to it; default false
 * @param timeout until an answer begins, for routes that set none; default 60 s
 * @param idle how long a connection may be silent, in use or not; default 50 s
 * @param maxConnections to one endpoint from one event loop; default 64
 * @param maxPending requests that wait for a connection to one endpoint; default 256
 */
public record UpstreamConfig(
    String name,
    List<Endpoint> endpoints,
    boolean h2,
    Balance balance,
    Duration connectTimeout,
    Duration timeout,
    Duration idle,
    Integer maxConnections,
    Integer maxPending) {
  public UpstreamConfig {
    require(name != null && !name.isBlank(), "name", name, "a name");
    endpoints = endpoints == null ? List.of() : List.copyOf(endpoints);
    require(!endpoints.isEmpty(), "endpoints", endpoints, "one or more");
    balance = balance == null ? Balance.ROUND_ROBIN : balance;
    connectTimeout = positive("connectTimeout", connectTimeout, Duration.ofSeconds(3));
    timeout = positive("timeout", timeout, Duration.ofSeconds(60));
    idle = positive("idle", idle, Duration.ofSeconds(50));
    maxConnections = maxConnections == null ? 64 : maxConnections;
    require(maxConnections > 0, "maxConnections", maxConnections, "1 or more");
    maxPending = maxPending == null ? 256 : maxPending;
    require(maxPending >= 0, "maxPending", maxPending, "0 or more");
  }

  /** With everything left to its default. */
  @SuppressWarnings("NullAway") // The compact constructor replaces null by the default.
  public static UpstreamConfig of(String name, Endpoint... endpoints) {
    return new UpstreamConfig(name, List.of(endpoints), false, null, null, null, null, null, null);
  }

  Pool.Bounds bounds() {
    return new Pool.Bounds(maxConnections, maxPending, idle, h2);
  }

  /** One address of the service. */
  public record Endpoint(String host, int port) {
    public Endpoint {
      require(host != null && !host.isBlank(), "endpoints.host", host, "a name or an address");
      require(port > 0 && port < 65536, "endpoints.port", port, "1..65535");
    }

    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  private static Duration positive(String name, @Nullable Duration value, Duration otherwise) {
    Duration duration = value == null ? otherwise : value;
    require(duration.isPositive(), name, duration, "more than nothing");
    return duration;
  }

  private static void require(
      boolean valid, String name, @Nullable Object value, String expectation) {
    if (!valid) {
      throw new IllegalArgumentException(name + ": " + value + " (expected " + expectation + ")");
    }
  }
}
