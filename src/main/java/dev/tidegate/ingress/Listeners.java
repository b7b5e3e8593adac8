package dev.tidegate.ingress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tidegate.ingress.connection.Connections;
import dev.tidegate.ingress.connection.InvalidRequests;
import dev.tidegate.net.Certificates;
import dev.tidegate.net.TlsListener;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The sockets that a configuration asks for: clear text first, then TLS. */
final class Listeners {
  private static final List<HttpVersion> VERSIONS =
      List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1);

  /** The preface of HTTP/2 and empty SETTINGS: a connection is not announced before both. */
  private static final String GREETING = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";

  /** A connection that nobody has forwarded. */
  private static final String PROXY = "PROXY UNKNOWN\r\n";

  /** The frame that acknowledges our SETTINGS. */
  private static final String ACKNOWLEDGED = "\0\0\0\4\1\0\0\0\0";

  private static final long WORDLESS = 4;

  private final IngressConfig config;
  private final @Nullable TlsListener tls;
  private final List<HttpServer> servers = new ArrayList<>();

  Listeners(IngressConfig config, Certificates certificates) {
    this.config = config;
    this.tls = config.tls() == null ? null : certificates.of(config.tls().files(), VERSIONS);
  }

  /** What sockets are made with. */
  record Sockets(
      Function<HttpServerOptions, HttpServer> servers,
      NetClient client,
      TlsListener.Worker worker,
      TlsListener.Reader reader) {}

  Future<Void> listen(
      Sockets sockets,
      Connections connections,
      Supplier<String> ids,
      Handler<HttpServerRequest> requests) {
    return options(sockets)
        .compose(
            all -> {
              for (HttpServerOptions options : all) {
                servers.add(
                    sockets
                        .servers()
                        .apply(options)
                        .connectionHandler(
                            c -> connections.opened(c, requests, options.isUseProxyProtocol()))
                        .invalidRequestHandler(new InvalidRequests(ids))
                        // What the peer breaks off is the peer's affair.
                        .exceptionHandler(e -> {})
                        .requestHandler(requests));
              }
              return Future.all(servers.stream().map(HttpServer::listen).toList());
            })
        .compose(v -> introduce(sockets.client()));
  }

  /** Looks whether the certificate is still the one of the files; called now and then. */
  void followCertificate(Sockets sockets) {
    if (tls != null && servers.size() > 1) {
      tls.follow(servers.get(1), sockets.worker(), sockets.reader());
    }
  }

  /**
   * Opens connections to ourselves, so that {@link Connections} learn of the listening socket
   * before anybody else can use it. What the first one asks of the acceptor's event loop is done by
   * the time that a later one has been accepted and served.
   */
  private Future<Void> introduce(NetClient client) {
    String host = config.host().equals("0.0.0.0") ? "127.0.0.1" : config.host();
    String greets = config.proxyProtocol() ? PROXY + GREETING : GREETING;
    Supplier<Future<Void>> greeting =
        () -> client.connect(port(), host).compose(socket -> greet(socket, greets));
    return greeting
        .get()
        .compose(v -> greeting.get())
        .compose(v -> greeting.get())
        .timeout(2, TimeUnit.SECONDS)
        .otherwiseEmpty();
  }

  private static Future<Void> greet(NetSocket socket, String greeting) {
    Promise<Void> answered = Promise.promise();
    Buffer answer = Buffer.buffer();
    socket.handler(
        data -> {
          if (answer.appendBuffer(data).toString(ISO_8859_1).contains(ACKNOWLEDGED)) {
            socket.close();
            answered.tryComplete();
          }
        });
    socket.closeHandler(v -> answered.tryComplete());
    return socket.write(Buffer.buffer(greeting)).compose(v -> answered.future());
  }

  int port() {
    return servers.get(0).actualPort();
  }

  int tlsPort() {
    return servers.size() > 1 ? servers.get(1).actualPort() : -1;
  }

  /** Stops accepting and lets what is in flight finish. */
  Future<?> shutdown() {
    long drain = config.limits().drain().toMillis();
    return Future.join(
        servers.stream().map(s -> s.shutdown(drain, TimeUnit.MILLISECONDS)).toList());
  }

  private Future<List<HttpServerOptions>> options(Sockets sockets) {
    HttpServerOptions plain =
        common().setPort(config.port()).setUseProxyProtocol(config.proxyProtocol());
    if (config.tls() == null || tls == null) {
      return Future.succeededFuture(List.of(plain));
    }
    HttpServerOptions secure =
        common().setPort(config.tls().port()).setUseProxyProtocol(config.tls().proxyProtocol());
    TlsListener how = tls;
    return sockets
        .worker()
        .run(() -> how.secure(secure, sockets.reader()))
        .map(done -> List.of(plain, secure));
  }

  private HttpServerOptions common() {
    IngressConfig.Limits limits = config.limits();
    return new HttpServerOptions()
        .setHost(config.host())
        .setAcceptBacklog(4096)
        .setTcpNoDelay(true)
        .setMaxInitialLineLength(limits.requestLineBytes())
        .setMaxHeaderSize(limits.headerBytes())
        .setHandle100ContinueAutomatically(false)
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setHttp2ClearTextEnabled(true)
        .setInitialSettings(
            new Http2Settings()
                .setMaxConcurrentStreams(100)
                // Beyond this the codec refuses without a word; below it we do, with one.
                .setMaxHeaderListSize(WORDLESS * limits.headerBytes()));
  }
}
