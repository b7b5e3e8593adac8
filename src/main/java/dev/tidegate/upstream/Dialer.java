package dev.tidegate.upstream;

import dev.tidegate.upstream.UpstreamConfig.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientConnection;

/** Connects to an endpoint of an upstream, in the way that its configuration says. */
@FunctionalInterface
interface Dialer {
  Future<HttpClientConnection> dial(UpstreamConfig upstream, Endpoint endpoint);
}
