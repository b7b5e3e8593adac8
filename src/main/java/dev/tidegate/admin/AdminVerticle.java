package dev.tidegate.admin;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Operations;
import dev.tidegate.loop.EventLoops;
import dev.tidegate.loop.Loop;
import dev.tidegate.net.RequestIds;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** ADMIN: the listener for operators, probes and Prometheus. */
public final class AdminVerticle extends VerticleBase {
  private static final Duration ANNOUNCE_EVERY = Duration.ofSeconds(5);
  private static final int IDLE_SECONDS = 120;

  private final AdminConfig config;
  private final PrometheusMeterRegistry registry;
  private final String node;
  private final Readiness readiness;
  private final EventLoops loops;
  private final String name;
  private @Nullable HttpServer server;

  /** {@code name} is what the instance's event loop is called. */
  public AdminVerticle(
      AdminConfig config,
      PrometheusMeterRegistry registry,
      String node,
      Readiness readiness,
      EventLoops loops,
      String name) {
    this.config = config;
    this.registry = registry;
    this.node = node;
    this.readiness = readiness;
    this.loops = loops;
    this.name = name;
  }

  /** The port that is bound, once started; -1 before. */
  public int port() {
    return server == null ? -1 : server.actualPort();
  }

  @Override
  public Future<?> start() {
    Loop loop = loops.of(context, name);
    Bus bus = new Bus(vertx.eventBus());
    bus.hearHere(
        Operations.DRAINING,
        draining -> {
          if (draining.node().equals(node)) {
            readiness.draining();
          }
        });
    AnnouncementsApi announcements = new AnnouncementsApi(bus, node, loop::millis);
    announcements.start();
    loop.every(ANNOUNCE_EVERY, announcements::tell);
    Router router = Router.router(vertx);
    new AdminApi(
            new RequestIds(RandomGenerator.getDefault()),
            new Access(config),
            new Pages(readiness, loops::ailments, node, this::scrape),
            new RolesApi(bus),
            new RulesApi(bus),
            announcements,
            new Views(new Gather(bus, loop), node))
        .mount(router);
    server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost(config.host())
                    .setPort(config.port())
                    .setIdleTimeout(IDLE_SECONDS))
            .requestHandler(router);
    return server.listen();
  }

  @SuppressWarnings("NullAway") // the blocking part never gives null
  private Future<Buffer> scrape(String type) {
    return vertx.executeBlocking(() -> Buffer.buffer(registry.scrape(type)), false);
  }
}
