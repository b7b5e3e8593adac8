package dev.tidegate.ingress;

import dev.tidegate.ingress.connection.ConnectionLimits;
import dev.tidegate.net.Network;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP listener.
 *
 * @param host default {@code 0.0.0.0}
 * @param port of the clear-text listener, 0 for any free one; default 8080
 * @param tls a second listener with TLS 1.2 and 1.3, or null
 * @param trustedProxies networks whose word on the client's address is taken, as {@code 10.0.0.0/8}
 * @param accessLog {@code off}, {@code stdout} or a file; default {@code off}
 */
public record IngressConfig(
    String host,
    Integer port,
    @Nullable Tls tls,
    Limits limits,
    List<String> trustedProxies,
    String accessLog) {
  public IngressConfig {
    host = host == null ? "0.0.0.0" : host;
    port = port == null ? 8080 : port;
    require(port >= 0 && port < 65536, "port", port, "0..65535");
    limits = limits == null ? Limits.defaults() : limits;
    trustedProxies = trustedProxies == null ? List.of() : List.copyOf(trustedProxies);
    trustedProxies.forEach(IngressConfig::network);
    accessLog = accessLog == null ? "off" : accessLog;
    require(!accessLog.isBlank(), "accessLog", accessLog, "off, stdout or a file");
  }

  /** With everything else left to its default. */
  @SuppressWarnings("NullAway") // The compact constructor replaces null by the default.
  public static IngressConfig of(String host, int port) {
    return new IngressConfig(host, port, null, null, null, null);
  }

  private static void network(String text) {
    try {
      Network.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("trustedProxies: " + e.getMessage(), e);
    }
  }

  /** PEM files of the private key and the certificate chain. */
  public record Tls(int port, String key, String cert) {
    public Tls {
      require(port >= 0 && port < 65536, "tls.port", port, "0..65535");
      require(key != null && !key.isBlank(), "tls.key", key, "a PEM file");
      require(cert != null && !cert.isBlank(), "tls.cert", cert, "a PEM file");
    }
  }

  /**
   * What one connection or request may take.
   *
   * @param headerBytes of all headers; beyond it 431; default 8 KB
   * @param requestLineBytes beyond it 414; default 8 KB
   * @param bodyBytes beyond it 413; default 10 MB
   * @param idle how long a connection may wait for its next request; default 75 s
   * @param requestsPerConnection default 1000
   * @param head how long the head of a request may take to arrive; beyond it 408; default 15 s
   * @param body how long a body may stand still; beyond it 408; default 30 s
   * @param connections on one event loop; default 20000
   * @param drain how long what is in flight may take when the listener stops; default 30 s
   */
  public record Limits(
      Integer headerBytes,
      Integer requestLineBytes,
      Long bodyBytes,
      Duration idle,
      Integer requestsPerConnection,
      Duration head,
      Duration body,
      Integer connections,
      Duration drain) {
    public Limits {
      headerBytes = positive("headerBytes", headerBytes, 8192);
      requestLineBytes = positive("requestLineBytes", requestLineBytes, 8192);
      bodyBytes = bodyBytes == null ? 10L * 1024 * 1024 : bodyBytes;
      require(bodyBytes >= 0, "limits.bodyBytes", bodyBytes, "0 or more");
      idle = positive("idle", idle, Duration.ofSeconds(75));
      requestsPerConnection = positive("requestsPerConnection", requestsPerConnection, 1000);
      head = positive("head", head, Duration.ofSeconds(15));
      body = positive("body", body, Duration.ofSeconds(30));
      connections = positive("connections", connections, 20_000);
      drain = positive("drain", drain, Duration.ofSeconds(30));
    }

    @SuppressWarnings("NullAway") // The compact constructor replaces null by the default.
    public static Limits defaults() {
      return new Limits(null, null, null, null, null, null, null, null, null);
    }

    /** With another number of requests for each connection. */
    public Limits withRequestsPerConnection(int requests) {
      return new Limits(
          headerBytes, requestLineBytes, bodyBytes, idle, requests, head, body, connections, drain);
    }

    ConnectionLimits connection() {
      return new ConnectionLimits(connections, requestsPerConnection, idle, head, body);
    }

    private static Integer positive(String name, @Nullable Integer value, int otherwise) {
      int number = value == null ? otherwise : value;
      require(number > 0, "limits." + name, number, "1 or more");
      return number;
    }

    private static Duration positive(String name, @Nullable Duration value, Duration otherwise) {
      Duration duration = value == null ? otherwise : value;
      require(duration.isPositive(), "limits." + name, duration, "more than nothing");
      return duration;
    }
  }

  private static void require(
      boolean valid, String name, @Nullable Object value, String expectation) {
    if (!valid) {
      throw new IllegalArgumentException(name + ": " + value + " (expected " + expectation + ")");
    }
  }
}
