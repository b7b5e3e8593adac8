package dev.tidegate.stream;

import io.vertx.core.http.HttpServerOptions;

/** How the listeners of an instance are set up. */
public final class ListenerOptions {
  private static final int HTTP_IDLE_SECONDS = 10;
  private static final int BACKLOG = 8192;
  private static final int MAX_HEADERS = 8 * 1024;

  private ListenerOptions() {}

  /** The plain one. */
  static HttpServerOptions plain(StreamConfig config) {
    return options(config).setPort(config.port()).setUseProxyProtocol(config.proxyProtocol());
  }

  /** The one with TLS, before it has a certificate. */
  static HttpServerOptions secure(StreamConfig config, StreamConfig.Tls tls) {
    return options(config).setPort(tls.port()).setUseProxyProtocol(tls.proxyProtocol());
  }

  private static HttpServerOptions options(StreamConfig config) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(config.host())
            .setAcceptBacklog(BACKLOG)
            .setTcpNoDelay(true)
            .setHttp2ClearTextEnabled(false)
            .setMaxHeaderSize(MAX_HEADERS)
            .setIdleTimeout(HTTP_IDLE_SECONDS);
    return config.sendBuffer() > 0 ? options.setSendBufferSize(config.sendBuffer()) : options;
  }
}
