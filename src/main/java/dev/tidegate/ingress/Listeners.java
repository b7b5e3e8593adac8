package dev.tidegate.ingress;

import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The options of the sockets that a configuration asks for: clear text first, then TLS. */
final class Listeners {
  /** Negative ports are random, and shared by all instances that use the same one. */
  private static final int ANY = -1;

  private static final int ANY_TLS = -2;

  private Listeners() {}

  static List<HttpServerOptions> options(IngressConfig config) {
    List<HttpServerOptions> all = new ArrayList<>();
    int port = config.boundPort();
    all.add(common(config).setPort(port == 0 ? ANY : port));
    IngressConfig.Tls tls = config.tls();
    if (tls != null) {
      all.add(
          common(config)
              .setPort(tls.port() == 0 ? ANY_TLS : tls.port())
              .setSsl(true)
              .setUseAlpn(true)
              .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
              .setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2"))
              .setSslHandshakeTimeout(10)
              .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
              .setKeyCertOptions(
                  new PemKeyCertOptions().setKeyPath(tls.key()).setCertPath(tls.cert())));
    }
    return all;
  }

  private static HttpServerOptions common(IngressConfig config) {
    IngressConfig.Limits limits = config.limits();
    return new HttpServerOptions()
        .setHost(config.host())
        .setAcceptBacklog(4096)
        .setTcpNoDelay(true)
        .setMaxInitialLineLength(limits.requestLineBytes())
        .setMaxHeaderSize(limits.headerBytes())
        .setHandle100ContinueAutomatically(false)
        .setDecompressionSupported(false)
        .setCompressionSupported(false)
        .setHttp2ClearTextEnabled(true)
        .setInitialSettings(
            new Http2Settings()
                .setMaxConcurrentStreams(100)
                .setMaxHeaderListSize(limits.headerBytes()));
  }
}
