package dev.tidegate.upstream;

import dev.tidegate.upstream.UpstreamConfig.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpVersion;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Dials by Vert.x's client, of which it uses the connections alone and not the pool. */
final class HttpDialer implements Dialer {
  private static final int MAX_HEADERS = 64 * 1024;

  private final Map<String, HttpClientAgent> clients = new HashMap<>();

  HttpDialer(List<UpstreamConfig> upstreams, Function<HttpClientOptions, HttpClientAgent> factory) {
    upstreams.forEach(u -> clients.put(u.name(), factory.apply(options(u))));
  }

  /** How the upstream is spoken to. */
  HttpClientOptions options(UpstreamConfig upstream) {
    return new HttpClientOptions()
        .setConnectTimeout((int) upstream.connectTimeout().toMillis())
        .setDecompressionSupported(false)
        .setMaxHeaderSize(MAX_HEADERS)
        .setKeepAliveTimeout(0)
        .setProtocolVersion(upstream.h2() ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1)
        .setHttp2ClearTextUpgrade(false);
  }

  @Override
  public Future<HttpClientConnection> dial(UpstreamConfig upstream, Endpoint endpoint) {
    HttpClientAgent client = clients.get(upstream.name());
    return client == null
        ? Future.failedFuture("no upstream is called " + upstream.name())
        : client
            .connect(new HttpConnectOptions().setHost(endpoint.host()).setPort(endpoint.port()))
            .map(ClientInternals::withInterims);
  }
}
