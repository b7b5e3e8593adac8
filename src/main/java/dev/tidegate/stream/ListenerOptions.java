package dev.tidegate.stream;

import dev.tidegate.net.TlsListener;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import java.util.List;

/** How the listeners of an instance are set up. */
public final class ListenerOptions {
  private static final int HTTP_IDLE_SECONDS = 10;
  private static final int BACKLOG = 8192;
  private static final int MAX_HEADERS = 8 * 1024;

  private ListenerOptions() {}

  /** The plain one, and the one with TLS when that is configured. */
  static List<HttpServerOptions> of(StreamConfig config) {
    HttpServerOptions plain = options(config).setPort(config.port());
    StreamConfig.Tls tls = config.tls();
    if (tls == null) {
      return List.of(plain);
    }
    HttpServerOptions secure = options(config).setPort(tls.port());
    return List.of(
        plain, TlsListener.secure(secure, tls.key(), tls.cert(), List.of(HttpVersion.HTTP_1_1)));
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
