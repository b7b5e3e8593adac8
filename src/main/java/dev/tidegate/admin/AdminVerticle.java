package dev.tidegate.admin;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Operations;
import dev.tidegate.loop.EventLoops;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** ADMIN: the listener for operators, probes and Prometheus. */
public final class AdminVerticle extends VerticleBase {
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
    Bus bus = new Bus(vertx.eventBus());
    bus.hearHere(Operations.DRAINING, draining -> leave(draining.node()));
    Pages pages = new Pages(readiness, loops::ailments, node, this::scrape);
    Router router = Router.router(vertx);
    new AdminApi(config, node, bus, loops.of(context, name), RandomGenerator.getDefault(), pages)
        .mount(router);
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(config.host())
            .setPort(config.port())
            .setIdleTimeout(IDLE_SECONDS);
    server = vertx.createHttpServer(options).requestHandler(router);
    return server.listen();
  }

  private void leave(String leaving) {
    if (leaving.equals(node)) {
      readiness.draining();
    }
  }

  @SuppressWarnings("NullAway") // the blocking part never gives null
  private Future<Buffer> scrape(String type) {
    return vertx.executeBlocking(() -> Buffer.buffer(registry.scrape(type)), false);
  }
}
