package dev.tidegate.stream;

import dev.tidegate.bus.Bus;
import dev.tidegate.loop.Loop;
import dev.tidegate.net.TlsListener;
import dev.tidegate.net.TrustedProxies;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.socket.Platform;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One instance of the role STREAM: wires a listener to its sessions, all on one event loop. */
public final class StreamVerticle extends VerticleBase {
  private static final int DEFLATE_LEVEL = 6;

  private final StreamConfig config;
  private final StreamNode node;
  private final int instance;
  private final List<HttpServer> servers = new ArrayList<>(2);
  private @Nullable Hub hub;
  private Runnable deaf = () -> {};

  public StreamVerticle(StreamConfig config, StreamNode node, int instance) {
    this.config = config;
    this.node = node;
    this.instance = instance;
  }

  @Override
  public Future<?> start() {
    Loop loop = node.loops.of(context, "stream-" + instance);
    Bus bus = new Bus(vertx.eventBus());
    Frames frames = new Frames(PooledByteBufAllocator.DEFAULT, DEFLATE_LEVEL);
    Hub parts = new Hub(config, node, instance, loop, bus, frames);
    hub = parts;
    deaf = node.rules.onChange(() -> loop.execute(parts.enforcement::changed));
    parts.start();
    Future<?> plain = listen(ListenerOptions.plain(config), parts);
    StreamConfig.Tls secure = config.tls();
    if (secure == null) {
      return plain;
    }
    TlsListener tls = node.certificates.of(secure.files(), List.of(HttpVersion.HTTP_1_1));
    TlsListener.Reader reader = pair -> pair.getKeyManagerFactory(vertx);
    HttpServerOptions options = ListenerOptions.secure(config, secure);
    return plain
        .compose(v -> vertx.executeBlocking(() -> tls.secure(options, reader)))
        .compose(ready -> listen(options, parts))
        .onSuccess(
            v ->
                loop.every(
                    TlsListener.EVERY,
                    () -> tls.follow(servers.getLast(), vertx::executeBlocking, reader)));
  }

  private Future<?> listen(HttpServerOptions options, Hub parts) {
    HttpServer server = vertx.createHttpServer(options).requestHandler(parts.upgrade::handle);
    if (options.isUseProxyProtocol()) {
      TrustedProxies proxies = config.proxies();
      server.connectionHandler(connection -> Platform.refuse(connection, proxies::trusts));
    }
    servers.add(server);
    return server.listen();
  }

  @Override
  public Future<?> stop() {
    Hub leaving = hub;
    if (leaving == null) {
      return Future.succeededFuture();
    }
    long millis = leaving.drain.begin(config.drain().toMillis());
    return Future.join(
            servers.stream().map(s -> s.shutdown(millis, TimeUnit.MILLISECONDS)).toList())
        .onComplete(
            done -> {
              deaf.run();
              leaving.end();
            });
  }

  /** The port that the listener has got; 0 before it is bound. */
  public int port() {
    return servers.isEmpty() ? 0 : servers.getFirst().actualPort();
  }

  /** The port of the listener with TLS; 0 when there is none. */
  public int tlsPort() {
    return servers.size() < 2 ? 0 : servers.getLast().actualPort();
  }
}
