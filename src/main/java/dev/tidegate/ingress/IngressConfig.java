package dev.tidegate.ingress;

import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import dev.tidegate.ingress.connection.ConnectionLimits;
import dev.tidegate.net.TlsFiles;
import dev.tidegate.net.TrustedProxies;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP listener.
 *
 * @param port of the clear-text listener, 0 for any free one
 * @param tls a second listener with TLS 1.2 and 1.3, or null
 * @param trustedProxies networks whose word on the client's address is taken, as {@code 10.0.0.0/8}
 * @param accessLog {@code off}, {@code stdout} or a file
 */
public record IngressConfig(
    @Default("0.0.0.0") String host,
    @Default("8080") int port,
    @Nullable Tls tls,
    @Default("{}") Limits limits,
    @Default("[]") List<String> trustedProxies,
    @Default("off") String accessLog) {
  public IngressConfig {
    Check.port("port", port);
    trustedProxies = TrustedProxies.checked("trustedProxies", trustedProxies);
    Check.given("accessLog", accessLog, "off, stdout or a file");
  }

  /** PEM files of the private key and the certificate chain. */
  public record Tls(@Default("8443") int port, String key, String cert) {
    public Tls {
      Check.port("port", port);
      Check.given("key", key, "a PEM file");
      Check.given("cert", cert, "a PEM file");
    }

    TlsFiles files() {
      return new TlsFiles("http", key, cert);
    }
  }

  /**
   * What one connection or request may take.
   *
   * @param headerBytes of all headers; beyond it 431
   * @param requestLineBytes beyond it 414
   * @param bodyBytes beyond it 413
   * @param idle how long a connection may wait for its next request
   * @param head how long the head of a request may take to arrive; beyond it 408
   * @param body how long a body may stand still; beyond it 408
   * @param send how long an answer may wait for the caller to take some of it
   * @param unsentBytes of answers that one connection may leave untaken
   * @param connections on one event loop
   * @param drain how long what is in flight may take when the listener stops
   */
  public record Limits(
      @Default("8192") int headerBytes,
      @Default("8192") int requestLineBytes,
      @Default("10485760") long bodyBytes,
      @Default("75s") Duration idle,
      @Default("1000") int requestsPerConnection,
      @Default("15s") Duration head,
      @Default("30s") Duration body,
      @Default("30s") Duration send,
      @Default("1048576") int unsentBytes,
      @Default("20000") int connections,
      @Default("30s") Duration drain) {
    public Limits {
      Check.atLeast("headerBytes", headerBytes, 1);
      Check.atLeast("requestLineBytes", requestLineBytes, 1);
      Check.atLeast("bodyBytes", bodyBytes, 0);
      Check.positive("idle", idle);
      Check.atLeast("requestsPerConnection", requestsPerConnection, 1);
      Check.positive("head", head);
      Check.positive("body", body);
      Check.positive("send", send);
      Check.atLeast("unsentBytes", unsentBytes, 65_536);
      Check.atLeast("connections", connections, 1);
      Check.positive("drain", drain);
    }

    ConnectionLimits connection() {
      return new ConnectionLimits(
          connections, requestsPerConnection, idle, head, body, send, unsentBytes);
    }
  }
}
