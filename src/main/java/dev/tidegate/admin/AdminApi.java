package dev.tidegate.admin;

import dev.tidegate.bus.Bus;
import dev.tidegate.loop.Loop;
import dev.tidegate.net.Escapes;
import dev.tidegate.net.RequestIds;
import dev.tidegate.problem.Problem;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Everything that the admin listener answers: the one list of its paths and their order. */
final class AdminApi {
  private static final String ROOT = Responses.ROOT;
  private static final int MOST_BODY = 64 * 1024;

  private static final Duration ANNOUNCE_EVERY = Duration.ofSeconds(5);

  private final RequestIds ids;
  private final Access access;
  private final Pages pages;
  private final RolesApi roles;
  private final RulesApi rules;
  private final AnnouncementsApi announcements;
  private final Views views;

  /** Begins at once to hear what other nodes announce. */
  AdminApi(
      AdminConfig config, String node, Bus bus, Loop loop, RandomGenerator random, Pages pages) {
    this.ids = new RequestIds(random);
    this.access = new Access(config);
    this.pages = pages;
    this.roles = new RolesApi(bus);
    this.rules = new RulesApi(bus);
    this.announcements = new AnnouncementsApi(bus, node, loop::millis, ids);
    this.views = new Views(new Gather(bus, loop, ids), node);
    announcements.start();
    loop.every(ANNOUNCE_EVERY, announcements::tell);
  }

  /** What stands above {@link Access} is for everybody. */
  void mount(Router router) {
    router.route().handler(this::prepare);
    router.route().handler(AdminApi::onlyKnownMethods);
    router.get("/health/live").handler(pages::live);
    router.get("/health/ready").handler(pages::ready);
    router.get("/").handler(pages::console);
    router.route().handler(access);
    router.route().handler(BodyHandler.create(false).setBodyLimit(MOST_BODY));
    router.get("/metrics").handler(pages::metrics);
    router.get(ROOT).handler(pages::index);
    router.get(ROOT + "roles").handler(roles::list);
    router.post(ROOT + "roles/:role").handler(roles::scale);
    rules.mount(router);
    router.get(ROOT + "announcements").handler(announcements::list);
    router.post(ROOT + "announcements").handler(announcements::announce);
    router.delete(ROOT + "announcements/:id").handler(announcements::end);
    router.get(ROOT + ":kind").handler(views::all);
    router.get(ROOT + ":kind/:id").handler(views::one);
    for (int status : new int[] {400, 404, 405, 406, 413, 414, 415, 431, 500}) {
      router.errorHandler(status, Responses::failure);
    }
  }

  /** First in line: gives the request its id and the headers that every answer has. */
  private void prepare(RoutingContext request) {
    request
        .response()
        .putHeader(RequestIds.HEADER, ids.of(request.request().getHeader(RequestIds.HEADER)))
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Content-Type-Options", "nosniff");
    if (Escapes.sound(request.request().uri())) {
      request.next();
    } else {
      Responses.problem(request, Problem.BAD_REQUEST, Escapes.MALFORMED);
    }
  }

  /** Second in line: everything is read, little is changed. */
  private static void onlyKnownMethods(RoutingContext request) {
    String allowed = methods(request.normalizedPath());
    if (Arrays.asList(allowed.split(", ")).contains(request.request().method().name())) {
      request.next();
    } else {
      request.response().putHeader(HttpHeaders.ALLOW, allowed);
      Responses.problem(request, Problem.METHOD_NOT_ALLOWED, null);
    }
  }

  /** What may be done at the path. */
  private static String methods(String path) {
    String rules = RulesApi.methods(path);
    if (rules != null) {
      return rules;
    }
    if (path.startsWith(ROOT + "announcements/")) {
      return "DELETE";
    }
    boolean adds = path.startsWith(ROOT + "roles/") || path.equals(ROOT + "announcements");
    return adds ? "GET, POST" : "GET";
  }
}
