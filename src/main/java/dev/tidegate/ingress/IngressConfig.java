package dev.tidegate.ingress;

import dev.tidegate.config.Check;
import dev.tidegate.config.Default;
import dev.tidegate.config.Mistakes;
import dev.tidegate.ingress.connection.ConnectionLimits;
import dev.tidegate.net.AddressHeader;
import dev.tidegate.net.ClientAuthentication;
import dev.tidegate.net.TlsFiles;
import dev.tidegate.net.TrustedProxies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP listener.
 *
 * @param port of the clear-text listener, 0 for any free one
 * @param tls a second listener with TLS 1.2 and 1.3, or null
 * @param trustedProxies networks whose word on the client's address is taken, as {@code 10.0.0.0/8}
 * @param addressHeader in which header they say it
 * @param proxyProtocol whether connections to the clear-text listener begin with a PROXY header
 * @param redirect sends callers of the clear-text listener to the one with TLS; null: they are
 *     served
 * @param accessLog {@code off}, {@code stdout} or a file
 */
public record IngressConfig(
    @Default("0.0.0.0") String host,
    @Default("8080") int port,
    @Nullable Tls tls,
    @Default("{}") Limits limits,
    @Default("[]") List<String> trustedProxies,
    @Default("x-forwarded-for") AddressHeader addressHeader,
    @Default("false") boolean proxyProtocol,
    @Nullable Redirect redirect,
    @Default("off") String accessLog) {
  public IngressConfig {
    Check.host("host", host);
    Check.port("port", port);
    trustedProxies = TrustedProxies.checked("trustedProxies", trustedProxies);
    Check.that(
        !proxyProtocol || !trustedProxies.isEmpty(),
        "proxyProtocol",
        proxyProtocol,
        TrustedProxies.BESIDE);
    Check.that(
        tls == null || !tls.proxyProtocol() || !trustedProxies.isEmpty(),
        "tls.proxyProtocol",
        true,
        TrustedProxies.BESIDE);
    Check.given("accessLog", accessLog, "off, stdout or a file");
  }

  /** Opens the files that it names. */
  public void open(Mistakes to) {
    if (!accessLog.equals("off") && !accessLog.equals("stdout")) {
      Path file = Path.of(accessLog).toAbsolutePath();
      Path folder = Objects.requireNonNullElse(file.getParent(), file);
      to.unless(
          Files.isRegularFile(file)
              ? Files.isWritable(file)
              : Files.notExists(file) && Files.isDirectory(folder) && Files.isWritable(folder),
          "accessLog",
          accessLog,
          "off, stdout or a file that can be written");
    }
  }

  /**
   * PEM files of the private key and the certificate chain.
   *
   * @param clientAuth whether callers show a certificate of theirs
   * @param trust the PEM file of who may have issued it
   * @param proxyProtocol whether connections begin with a PROXY header
   * @param hsts that browsers come over TLS only; null: nothing is said
   */
  public record Tls(
      @Default("8443") int port,
      String key,
      String cert,
      @Default("none") ClientAuthentication clientAuth,
      @Nullable String trust,
      @Default("false") boolean proxyProtocol,
      @Nullable Hsts hsts) {
    public Tls {
      Check.port("port", port);
      Check.given("key", key, "a PEM file");
      Check.given("cert", cert, "a PEM file");
      boolean asked = clientAuth != ClientAuthentication.NONE;
      Check.that(asked == (trust != null), "trust", trust, "a PEM file beside clientAuth");
    }

    public TlsFiles files() {
      return new TlsFiles("http", key, cert, clientAuth, trust);
    }
  }

  /**
   * Strict-Transport-Security (RFC 6797).
   *
   * @param maxAge how long browsers remember it; 0s makes them forget
   * @param preload asks for a place in the lists of browsers
   */
  public record Hsts(
      @Default("365d") Duration maxAge,
      @Default("false") boolean includeSubDomains,
      @Default("false") boolean preload) {
    private static final Duration PRELOADED = Duration.ofDays(365);

    public Hsts {
      Check.that(!maxAge.isNegative(), "maxAge", maxAge, "0s or more");
      Check.that(
          !preload || (includeSubDomains && maxAge.compareTo(PRELOADED) >= 0),
          "preload",
          preload,
          "includeSubDomains and a maxAge of 365d or more beside it");
    }

    String header() {
      return "max-age="
          + maxAge.toSeconds()
          + (includeSubDomains ? "; includeSubDomains" : "")
          + (preload ? "; preload" : "");
    }
  }

  /**
   * Sends callers to the listener with TLS.
   *
   * @param hosts that are redirected, exact or {@code *.example.com}: anybody can ask for any other
   * @param port of the listener with TLS, as callers see it
   */
  public record Redirect(List<String> hosts, @Default("443") int port) {
    private static final Pattern HOST = Pattern.compile("(\\*\\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?");

    public Redirect {
      Check.that(hosts != null && !hosts.isEmpty(), "hosts", hosts, "a list of names");
      hosts = List.copyOf(hosts);
      for (String host : hosts) {
        Check.that(HOST.matcher(host).matches(), "hosts", host, "a name or *.name, no port");
      }
      Check.within("port", port, 1, 65_535);
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
