package dev.tidegate.stream;

import dev.tidegate.bus.Bus;
import dev.tidegate.loop.EventLoops;
import dev.tidegate.loop.Loop;
import dev.tidegate.net.TlsListener;
import dev.tidegate.policy.Authenticator;
import dev.tidegate.rules.RuleMeters;
import dev.tidegate.rules.Rules;
import dev.tidegate.stream.deadman.Roster;
import dev.tidegate.stream.door.Census;
import dev.tidegate.stream.door.Upgrade;
import dev.tidegate.stream.encode.Frames;
import dev.tidegate.stream.fanout.Ladder;
import dev.tidegate.stream.observe.StreamMeters;
import dev.tidegate.stream.session.Protocol;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One instance of the role STREAM: wires a listener to its sessions, all on one event loop. */
public final class StreamVerticle extends VerticleBase {
  private static final int DEFLATE_LEVEL = 6;
  private static final int HTTP_IDLE_SECONDS = 10;

  private final StreamConfig config;
  private final Authenticator authenticator;
  private final Rules rules;
  private final MeterRegistry registry;
  private final String nodeId;
  private final int instance;
  private final List<HttpServer> servers = new ArrayList<>(2);
  private @Nullable Drain drain;
  private Runnable deaf = () -> {};

  /** Without rules that operators change. */
  public StreamVerticle(
      StreamConfig config,
      Authenticator authenticator,
      MeterRegistry registry,
      String nodeId,
      int instance) {
    this(config, authenticator, new Rules(), registry, nodeId, instance);
  }

  /** The rules may be shared by all instances of a node. */
  public StreamVerticle(
      StreamConfig config,
      Authenticator authenticator,
      Rules rules,
      MeterRegistry registry,
      String nodeId,
      int instance) {
    this.config = config;
    this.authenticator = authenticator;
    this.rules = rules;
    this.registry = registry;
    this.nodeId = nodeId;
    this.instance = instance;
  }

  @Override
  public Future<?> start() {
    Loop loop = new EventLoops(registry).of(context, "stream-" + instance);
    Census census =
        vertx
            .sharedData()
            .<String, Census>getLocalMap("tidegate.stream")
            .computeIfAbsent("census", k -> new Census());
    Roster roster =
        vertx
            .sharedData()
            .<String, Roster>getLocalMap("tidegate.stream.rosters")
            .computeIfAbsent(nodeId, k -> new Roster(k, UUID.randomUUID().toString()));
    Hub parts =
        new Hub(
            new Hub.Parts(
                nodeId,
                instance,
                config,
                loop,
                new Bus(vertx.eventBus()),
                new Frames(PooledByteBufAllocator.DEFAULT, DEFLATE_LEVEL),
                new StreamMeters(registry, instance),
                census,
                rules,
                roster));
    Sweep sweep = new Sweep(loop);
    sweep.start(parts, new Ladder(parts.fanout(), parts.replies()));
    Enforcement enforcement = new Enforcement(parts, rules, new RuleMeters(registry));
    deaf = rules.onChange(() -> context.runOnContext(nothing -> enforcement.changed()));
    Protocol protocol = new Protocol(parts, authenticator, enforcement);
    Upgrade upgrade = new Upgrade(parts, protocol, authenticator, sweep, enforcement);
    drain = new Drain(parts, upgrade, sweep);
    parts.start();
    new Show(parts).start();
    for (HttpServerOptions options : listeners()) {
      servers.add(vertx.createHttpServer(options).requestHandler(upgrade::handle));
    }
    return Future.all(servers.stream().map(HttpServer::listen).toList());
  }

  @Override
  public Future<?> stop() {
    Drain leaving = drain;
    if (leaving == null) {
      return Future.succeededFuture();
    }
    long millis = leaving.start(config.drain().toMillis());
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

  private List<HttpServerOptions> listeners() {
    HttpServerOptions plain = options().setPort(config.port());
    StreamConfig.Tls tls = config.tls();
    if (tls == null) {
      return List.of(plain);
    }
    HttpServerOptions secure =
        TlsListener.secure(
            options().setPort(tls.port()), tls.key(), tls.cert(), List.of(HttpVersion.HTTP_1_1));
    return List.of(plain, secure);
  }

  private HttpServerOptions options() {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(config.host())
            .setAcceptBacklog(8192)
            .setTcpNoDelay(true)
            .setHttp2ClearTextEnabled(false)
            .setMaxHeaderSize(8 * 1024)
            .setIdleTimeout(HTTP_IDLE_SECONDS);
    if (config.sendBuffer() > 0) {
      options.setSendBufferSize(config.sendBuffer());
    }
    return options;
  }
}
