package dev.tidegate.net;

import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * How our listeners speak TLS: versions 1.2 and 1.3 only, a bounded handshake, and ALPN where there
 * is something to choose.
 */
public final class TlsListener {
  private static final int HANDSHAKE_SECONDS = 10;

  private TlsListener() {}

  /**
   * Turns a listener's options into those of one with TLS.
   *
   * @param key the PEM file of the private key
   * @param cert the PEM file of the certificate chain
   * @param versions what may be spoken inside, in the order of preference
   */
  public static HttpServerOptions secure(
      HttpServerOptions options, String key, String cert, List<HttpVersion> versions) {
    return options
        .setSsl(true)
        .setKeyCertOptions(new PemKeyCertOptions().setKeyPath(key).setCertPath(cert))
        .setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2"))
        .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
        .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
        .setUseAlpn(versions.size() > 1)
        .setAlpnVersions(versions);
  }
}
