package dev.tidegate.admin;

import dev.tidegate.bus.Bus;
import dev.tidegate.bus.Operations;
import dev.tidegate.net.RequestIds;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** ADMIN: the listener for operators, probes and Prometheus. */
public final class AdminVerticle extends VerticleBase {
  private static final int MOST_BODY = 64 * 1024;
  private static final long ANNOUNCE_MILLIS = 5_000;

  private final AdminConfig config;
  private final PrometheusMeterRegistry registry;
  private final String node;
  private final Readiness readiness;
  private @Nullable HttpServer server;

  public AdminVerticle(
      AdminConfig config, PrometheusMeterRegistry registry, String node, Readiness readiness) {
    this.config = config;
    this.registry = registry;
    this.node = node;
    this.readiness = readiness;
  }

  /** The port that is bound, once started; -1 before. */
  public int port() {
    return server == null ? -1 : server.actualPort();
  }

  @Override
  public Future<?> start() {
    Bus bus = new Bus(vertx.eventBus());
    bus.hearHere(
        Operations.DRAINING,
        draining -> {
          if (draining.node().equals(node)) {
            readiness.draining();
          }
        });
    server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost(config.host())
                    .setPort(config.port())
                    .setIdleTimeout(120))
            .requestHandler(router(bus));
    return server.listen();
  }

  private Router router(Bus bus) {
    Pages pages = new Pages(readiness, node, this::scrape);
    RolesApi roles = new RolesApi(bus);
    AnnouncementsApi announcements = announcements(bus);
    Views views = new Views(new Gather(bus, this::after), node);
    Router router = Router.router(vertx);
    router.route().handler(Answers.prepare(new RequestIds(RandomGenerator.getDefault())));
    router.route().handler(Answers::onlyKnownMethods);
    router.get("/health/live").handler(pages::live);
    router.get("/health/ready").handler(pages::ready);
    router.get("/").handler(pages::console);
    router.route().handler(new Guard(config));
    router.route().handler(BodyHandler.create(false).setBodyLimit(MOST_BODY));
    router.get("/metrics").handler(pages::metrics);
    router.get("/admin/v1/").handler(pages::index);
    router.get("/admin/v1/roles").handler(roles::list);
    router.post("/admin/v1/roles/:role").handler(roles::scale);
    new RulesApi(bus).mount(router);
    router.get("/admin/v1/announcements").handler(announcements::list);
    router.post("/admin/v1/announcements").handler(announcements::announce);
    router.delete("/admin/v1/announcements/:id").handler(announcements::end);
    router.get("/admin/v1/:kind").handler(views::all);
    router.get("/admin/v1/:kind/:id").handler(views::one);
    for (int status : new int[] {400, 404, 405, 406, 413, 414, 415, 431, 500}) {
      router.errorHandler(status, Answers::failure);
    }
    return router;
  }

  private AnnouncementsApi announcements(Bus bus) {
    AnnouncementsApi api = new AnnouncementsApi(bus, node, System::currentTimeMillis);
    api.start();
    vertx.setPeriodic(ANNOUNCE_MILLIS, timer -> api.tell());
    return api;
  }

  @SuppressWarnings("NullAway") // the blocking part never gives null
  private Future<Buffer> scrape(String type) {
    return vertx.executeBlocking(() -> Buffer.buffer(registry.scrape(type)), false);
  }

  private Runnable after(long millis, Runnable task) {
    long timer = vertx.setTimer(millis, id -> task.run());
    return () -> vertx.cancelTimer(timer);
  }
}
