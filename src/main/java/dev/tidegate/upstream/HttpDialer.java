package dev.tidegate.upstream;

import dev.tidegate.upstream.UpstreamConfig.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Dials by Vert.x's client, of which it uses the connections alone and not the pool. */
final class HttpDialer implements Dialer {
  private static final int MAX_HEADERS = 64 * 1024;

  private final Map<String, HttpClientAgent> clients = new HashMap<>();

  HttpDialer(List<UpstreamConfig> upstreams, Function<HttpClientOptions, HttpClientAgent> factory) {
    upstreams.forEach(u -> clients.put(u.name(), factory.apply(options(u))));
  }

  /** How the upstream is spoken to. */
  static HttpClientOptions options(UpstreamConfig upstream) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setConnectTimeout((int) upstream.connectTimeout().toMillis())
            .setDecompressionSupported(false)
            .setMaxHeaderSize(MAX_HEADERS)
            .setKeepAliveTimeout(0)
            .setProtocolVersion(upstream.h2() ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1)
            .setHttp2ClearTextUpgrade(false);
    UpstreamTls tls = upstream.tls();
    return tls == null ? options : secure(options, upstream, tls);
  }

  private static HttpClientOptions secure(
      HttpClientOptions options, UpstreamConfig upstream, UpstreamTls tls) {
    options
        .setSsl(true)
        .setSslHandshakeTimeout(upstream.connectTimeout().toMillis())
        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
        .setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2"))
        .setUseAlpn(true)
        .setAlpnVersions(
            upstream.h2()
                ? List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1)
                : List.of(HttpVersion.HTTP_1_1))
        .setForceSni(tls.serverName() != null)
        .setVerifyHost(tls.verify())
        .setTrustAll(!tls.verify());
    if (tls.ca() != null) {
      options.setTrustOptions(new PemTrustOptions().addCertPath(tls.ca()));
    }
    if (tls.cert() != null && tls.key() != null) {
      options.setKeyCertOptions(
          new PemKeyCertOptions().setCertPath(tls.cert()).setKeyPath(tls.key()));
    }
    return options;
  }

  @Override
  public Future<HttpClientConnection> dial(UpstreamConfig upstream, Endpoint endpoint) {
    HttpClientAgent client = clients.get(upstream.name());
    return client == null
        ? Future.failedFuture("no upstream is called " + upstream.name())
        : client.connect(address(upstream, endpoint)).map(ClientInternals::withInterims);
  }

  private static HttpConnectOptions address(UpstreamConfig upstream, Endpoint endpoint) {
    return new HttpConnectOptions()
        .setServer(SocketAddress.inetSocketAddress(endpoint.port(), endpoint.host()))
        .setHost(upstream.serverName(endpoint))
        .setPort(endpoint.port());
  }
}
